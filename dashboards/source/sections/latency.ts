/** How long work takes to stop. */
import { Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { heatmap, lines } from '../panels.ts';
import { buckets, quantile } from '../query.ts';
import { LATENCY } from '../thresholds.ts';

export function latency(): Section {
  return {
    title: 'Latency',
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Latency quantiles',
            description:
              'From cancel to the end of the scope. A diamond is one cancel; it leads to its trace where the data source knows how. The dashed lines are the slow threshold and five times it.',
            unit: Seconds,
            wide: true,
            limits: LATENCY,
            queries: [
              { ...quantile(0.5, 'latency'), exemplars: false },
              { ...quantile(0.9, 'latency'), exemplars: false },
              quantile(0.99, 'latency'), // one query fetches the exemplars: the others would fetch the same again
            ],
          }),
          heatmap({
            title: 'Latency distribution',
            description:
              'Every cancelled scope that ended, by how long it took. Two bands mean two kinds of work: quantiles hide that.',
            unit: Seconds,
            query: buckets('latency'),
          }),
        ],
      },
    ],
  };
}
