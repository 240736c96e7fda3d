/** The same questions for each scope, to find the one that is to blame. */
import { OpsPerSecond, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines } from '../panels.ts';
import { perSecond, quantile, total } from '../query.ts';
import { ignoredShare } from '../questions.ts';
import { BUDGET_USED, IGNORED, LATENCY } from '../thresholds.ts';

export function scopes(): Section {
  return {
    title: 'By scope',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Latency p99 by scope',
            description: 'From cancel to the end of the scope, for 99 of 100 that did end.',
            unit: Seconds,
            limits: LATENCY,
            queries: [quantile(0.99, 'latency', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Ignored by scope',
            description:
              'Share of cancelled scopes whose body returned a value all the same. Its code needs a check or a signal.',
            unit: PercentUnit,
            limits: IGNORED,
            queries: [ignoredShare({ by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Zombies by scope',
            description:
              'Bodies that run on after their scope was abandoned. They leave this panel when they really end.',
            unit: Short,
            queries: [total('zombies', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
        ],
      },
      {
        height: 8,
        panels: [
          lines({
            title: 'Time to react by scope, p99',
            description:
              'From delivery of a cancel to the first listener, check or rejected wait. High here and high latency: the body looks too seldom. Low here and high latency: its clean-up is slow.',
            unit: Seconds,
            queries: [quantile(0.99, 'acknowledge', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Budget used by scope, p90',
            description:
              'Share of its time budget a scope had used when it ended. Near 100 % a small slowdown becomes timeouts.',
            unit: PercentUnit,
            limits: BUDGET_USED,
            queries: [quantile(0.9, 'deadlineUsed', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Slow cancels by scope',
            description:
              'Cancelled scopes that passed the slow threshold, counted once and while they still run, so stuck ones show too.',
            unit: OpsPerSecond,
            noValue: 'no slow cancels',
            queries: [perSecond('slow', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
        ],
      },
    ],
  };
}
