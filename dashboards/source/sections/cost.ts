/** What late stopping costs. */
import { OpsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines, stack } from '../panels.ts';
import { perSecond } from '../query.ts';

export function cost(): Section {
  return {
    title: 'Cost',
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Slow cancels by scope',
            description:
              'Cancelled scopes that passed the slow threshold, counted once and while they still run, so stuck ones show too.',
            unit: OpsPerSecond,
            queries: [perSecond('slow', { by: ['scope'] })],
          }),
          stack({
            title: 'Wasted time by kind',
            description:
              'Seconds of cancelled scopes, per second: "discarded" ran before the cancel and was thrown away, "after_cancel" ran on behind it. The second is what faster stopping saves.',
            unit: Seconds,
            query: perSecond('wasted', { by: ['kind'] }),
          }),
        ],
      },
    ],
  };
}
