/** Who uses the budget up. */
import { OpsPerSecond, PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines, stack } from '../../panels.ts';
import { inUse, perSecond, WHOLE_RANGE } from '../../query.ts';
import { cancelsCounted, slowShare } from '../../slow-budget.ts';
import { table } from '../../tables.ts';
import { SLOW_SHARE } from '../../thresholds.ts';

export function spenders(): Section {
  return {
    title: 'Who uses it up',
    bands: [
      {
        height: 9,
        panels: [
          table({
            title: 'Slow share by scope',
            description:
              'Cancels and the share of slow ones over the time shown. A large share of few cancels matters less than a small one of many.',
            labels: ['scope'],
            scopes: ['scope'],
            columns: [
              {
                title: 'Slow',
                unit: PercentUnit,
                limits: SLOW_SHARE,
                query: slowShare(WHOLE_RANGE, ['scope']),
              },
              { title: 'Cancels', unit: Short, query: inUse(cancelsCounted(WHOLE_RANGE, ['scope'])) },
            ],
          }),
          lines({
            title: 'Slow share over time',
            description: 'Share of cancels that took longer than the threshold, by scope.',
            unit: PercentUnit,
            limits: SLOW_SHARE,
            queries: [slowShare('$__rate_interval', ['scope'])],
            scopeIn: 'scope',
          }),
          stack({
            title: 'Slow for their process, by reason',
            description:
              'Cancelled scopes that passed the slow threshold of their process (configureTelemetry), counted while they run: also those that never end.',
            unit: OpsPerSecond,
            noValue: 'no slow cancels',
            query: perSecond('slow', { by: ['reason'] }),
          }),
        ],
      },
    ],
  };
}
