/** The first row: is everything fine? */
import { OpsPerSecond, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { alertsFiring } from '../alerts.ts';
import type { Section } from '../layout.ts';
import { stat } from '../panels.ts';
import { highest, perSecond, quantile, total } from '../query.ts';
import { ignoredShare } from '../questions.ts';
import { ALERTS_FIRING, IGNORED, LATENCY, PENDING_AGE, ZOMBIES } from '../thresholds.ts';

export function headline(): Section {
  return {
    title: 'Right now',
    bands: [
      {
        height: 5,
        panels: [
          stat({
            title: 'Alerts firing',
            description:
              'Alerts of cancelscope.rules.yaml that fire for these jobs. 0 also while Prometheus has not loaded that file.',
            unit: Short,
            limits: ALERTS_FIRING,
            query: alertsFiring(),
          }),
          stat({
            title: 'Cancels',
            description:
              'Calls of cancel that were the first for their token. A cancel is normal traffic: a jump is worth a look, not an alarm. Not narrowed by the scope variable.',
            unit: OpsPerSecond,
            query: perSecond('requests', { where: { result: 'accepted' } }),
          }),
          stat({
            title: 'Latency, p99',
            description:
              'From cancel to the end of the scope, for 99 of 100 cancelled scopes that did end. What never ends is not in it: see pending and zombies beside it.',
            unit: Seconds,
            limits: LATENCY,
            query: quantile(0.99, 'latency'),
            noValue: 'no cancels',
          }),
          stat({
            title: 'Ignored',
            description:
              'Share of cancelled scopes whose body returned a value all the same. It did not look, or looked too late: work done for nobody.',
            unit: PercentUnit,
            limits: IGNORED,
            query: ignoredShare(),
            noValue: 'no cancels',
          }),
          stat({
            title: 'Oldest pending',
            description:
              'Age of the oldest cancel whose scope has not ended. A line that climbs steadily is one stuck scope.',
            unit: Seconds,
            limits: PENDING_AGE,
            query: highest('oldestPending'),
          }),
          stat({
            title: 'Zombies',
            description:
              'Scopes given up after their grace whose body still runs. Each holds memory and connections until it ends.',
            unit: Short,
            limits: ZOMBIES,
            query: total('zombies'),
          }),
        ],
      },
    ],
  };
}
