/** The first row: how the scope is. */
import { OpsPerSecond, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { stat } from '../../panels.ts';
import { highest, perSecond, quantile, total } from '../../query.ts';
import { ignoredShare } from '../../questions.ts';
import { IGNORED, LATENCY, PENDING_AGE, ZOMBIES } from '../../thresholds.ts';

export function now(): Section {
  return {
    title: 'Right now',
    bands: [
      {
        height: 5,
        panels: [
          stat({
            title: 'Active',
            description: 'Scopes of this name that are open. A line that only rises is work that never ends.',
            unit: Short,
            query: total('scopesActive'),
          }),
          stat({
            title: 'Opened',
            description: 'Scopes of this name opened, per second: its traffic.',
            unit: OpsPerSecond,
            query: perSecond('scopesOpened'),
          }),
          stat({
            title: 'Latency, p99',
            description: 'From cancel to the end of the scope, for 99 of 100 that did end.',
            unit: Seconds,
            limits: LATENCY,
            query: quantile(0.99, 'latency'),
            noValue: 'no cancels',
          }),
          stat({
            title: 'Ignored',
            description:
              'Share of its cancelled runs that returned a value all the same: give its code a check or a signal.',
            unit: PercentUnit,
            limits: IGNORED,
            query: ignoredShare(),
            noValue: 'no cancels',
          }),
          stat({
            title: 'Oldest pending',
            description: 'Age of the oldest cancel of this scope that has not ended it.',
            unit: Seconds,
            limits: PENDING_AGE,
            query: highest('oldestPending'),
          }),
          stat({
            title: 'Zombies',
            description: 'Runs given up after their grace whose body still runs.',
            unit: Short,
            limits: ZOMBIES,
            query: total('zombies'),
          }),
        ],
      },
    ],
  };
}
