/** From the request of a cancel to the end of the scope, phase by phase. */
import { OpsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { heatmap, lines } from '../../panels.ts';
import { buckets, handedOn, observedPerSecond, perSecond, quantile } from '../../query.ts';
import { LATENCY } from '../../thresholds.ts';

export function phases(): Section {
  return {
    title: 'Requested, delivered, acknowledged, settled',
    bands: [
      {
        height: 9,
        panels: [
          lines({
            title: 'Time to each phase, p99',
            description:
              'Delivered: from the request until a target reads cancelled (of all scopes; delivery has no scope). Acknowledged: from there to its first reaction. Held back: behind a shield. Settled: from the request to the end. A diamond is one cancel and leads to its trace.',
            unit: Seconds,
            limits: LATENCY,
            queries: [
              { ...quantile(0.99, 'delivery'), legend: 'delivered' },
              { ...quantile(0.99, 'acknowledge'), legend: 'acknowledged' },
              { ...quantile(0.99, 'shield'), legend: 'held back' },
              { ...quantile(0.99, 'latency'), legend: 'settled' },
            ],
          }),
          lines({
            title: 'Cancels in each phase',
            description:
              'Handed over: cancels into or out of this scope along an edge. Acknowledged but fewer settled: they are still pending. Settled but fewer acknowledged: the body never looked. Abandoned: its grace was over.',
            unit: OpsPerSecond,
            queries: [
              { ...handedOn({ where: { result: 'delivered' } }), legend: 'handed over' },
              { ...observedPerSecond('acknowledge'), legend: 'acknowledged' },
              { ...observedPerSecond('latency'), legend: 'settled' },
              { ...perSecond('scopesSettled', { where: { outcome: 'abandoned' } }), legend: 'abandoned' },
            ],
          }),
          heatmap({
            title: 'Latency distribution',
            description: 'Its cancelled runs that ended, by how long it took. Two bands are two kinds of work.',
            unit: Seconds,
            query: buckets('latency'),
          }),
        ],
      },
    ],
  };
}
