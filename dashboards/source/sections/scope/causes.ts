/** Why the scope is cancelled, what becomes of it, and how close it runs to its deadline. */
import { OpsPerSecond, PercentUnit, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { heatmap, lines, stack } from '../../panels.ts';
import { buckets, observedPerSecond, perSecond, quantile } from '../../query.ts';
import { BUDGET_USED } from '../../thresholds.ts';

export function causes(): Section {
  return {
    title: 'Reasons, outcomes and deadlines',
    bands: [
      {
        height: 8,
        panels: [
          stack({
            title: 'Reasons',
            description: 'Its cancelled runs that ended, by the reason of the root cause.',
            unit: OpsPerSecond,
            query: observedPerSecond('latency', { by: ['reason'] }),
          }),
          stack({
            title: 'Outcomes',
            description: 'Its runs that ended. Cancelled is an outcome, not an error.',
            unit: OpsPerSecond,
            query: perSecond('scopesSettled', { by: ['outcome'] }),
          }),
          lines({
            title: 'Shield time',
            description:
              'How long cancels waited behind a shielded section. Every second here is added to the latency above: keep shields to the commit they protect.',
            unit: Seconds,
            noValue: 'no shields',
            queries: [quantile(0.5, 'shield'), quantile(0.99, 'shield')],
          }),
        ],
      },
      {
        height: 8,
        panels: [
          lines({
            title: 'Budget used',
            description:
              'Share of its time budget it had used when it ended. Near 100 % a small slowdown becomes timeouts; above, it noticed its timeout late.',
            unit: PercentUnit,
            noValue: 'no deadlines',
            limits: BUDGET_USED,
            queries: [quantile(0.5, 'deadlineUsed'), quantile(0.9, 'deadlineUsed'), quantile(0.99, 'deadlineUsed')],
          }),
          heatmap({
            title: 'Budget used, distribution',
            description:
              'Its runs by the share of their time budget used. A band just below 100 % is a deadline cliff.',
            unit: PercentUnit,
            query: buckets('deadlineUsed'),
          }),
          lines({
            title: 'Duration p90 by outcome',
            description:
              'From opening to end. Cancelled runs that take as long as completed ones are cancelled too late to save anything.',
            unit: Seconds,
            queries: [quantile(0.9, 'scopeDuration', { by: ['outcome'] })],
          }),
        ],
      },
    ],
  };
}
