/** How much there is at once, and what late stopping costs. */
import { Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines, stack } from '../panels.ts';
import { perSecond, total } from '../query.ts';

export function load(): Section {
  return {
    title: 'Saturation and waste',
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Active by scope',
            description: 'Scopes open now. It should follow the load; a line that only rises is work that never ends.',
            unit: Short,
            queries: [total('scopesActive', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Tokens and listeners held',
            description:
              'Both should follow the load. A line that only rises is a leak: something is linked and never disposed.',
            unit: Short,
            queries: [
              { ...total('tokensActive'), legend: 'tokens' },
              { ...total('listenersActive'), legend: 'listeners' },
            ],
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
