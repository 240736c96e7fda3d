/** What was cancelled and has not stopped. Latency leaves it out, so it stands right below. */
import { Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines } from '../panels.ts';
import { highest, total } from '../query.ts';
import { PENDING_AGE } from '../thresholds.ts';

export function running(): Section {
  return {
    title: 'Still running',
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Pending by scope',
            description:
              'Scopes that are cancelled and have not ended. Short peaks are normal; a floor above zero is stuck work.',
            unit: Short,
            wide: true,
            queries: [total('pending', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Oldest pending by scope',
            description:
              'Age of the oldest cancel whose scope has not ended. A slope of one second a second is the same scope, stuck.',
            unit: Seconds,
            wide: true,
            limits: PENDING_AGE,
            queries: [highest('oldestPending', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
        ],
      },
    ],
  };
}
