/** The same questions for each scope, to find the one that is to blame. */
import { PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines } from '../panels.ts';
import { quantile, share, total } from '../query.ts';
import { IGNORED, LATENCY } from '../thresholds.ts';

export function scopes(): Section {
  return {
    title: 'By scope',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Active by scope',
            description: 'Scopes open now. A line that only rises is work that never ends.',
            unit: Short,
            queries: [total('scopesActive', { by: ['scope'] })],
          }),
          lines({
            title: 'Latency p99 by scope',
            description: 'From cancel to the end of the scope, for 99 of 100 that did end.',
            unit: Seconds,
            limits: LATENCY,
            queries: [quantile(0.99, 'latency', { by: ['scope'] })],
          }),
          lines({
            title: 'Ignored by scope',
            description:
              'Share of cancelled scopes whose body returned a value all the same. Its code needs a check or a signal.',
            unit: PercentUnit,
            limits: IGNORED,
            queries: [
              share('scopesSettled', {
                by: ['scope'],
                part: { outcome: 'ignored' },
                whole: { outcome: ['cancelled', 'ignored', 'abandoned'] },
              }),
            ],
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
          }),
          lines({
            title: 'Budget used by scope, p90',
            description:
              'Share of its time budget a scope had used when it ended. Near 100 % a small slowdown becomes timeouts.',
            unit: PercentUnit,
            limits: { warn: 0.8, bad: 1 },
            queries: [quantile(0.9, 'deadlineUsed', { by: ['scope'] })],
          }),
        ],
      },
    ],
  };
}
