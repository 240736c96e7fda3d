/** Which scope's cancel reaches which other. */
import { OpsPerSecond, PercentUnit } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { nodeGraph } from '../../node-graph.ts';
import { handedOn, inUse, shareHandedOn, WHOLE_RANGE } from '../../query.ts';
import { table } from '../../tables.ts';
import { DROPPED, UNDELIVERED } from '../../thresholds.ts';

export function graph(): Section {
  const slice = { by: ['source', 'target'], over: WHOLE_RANGE } as const;
  const rate = inUse(handedOn(slice));
  return {
    title: 'From scope to scope',
    bands: [
      {
        height: 14,
        panels: [
          nodeGraph({
            title: 'Flow of cancels',
            description:
              'Each arrow is a scope whose cancel reached one below it, with cancels per second and the share that came late or was dropped, over the time shown. The table beside it has the same edges.',
            main: { query: rate, unit: OpsPerSecond },
            secondary: { query: shareHandedOn({ ...slice, part: { result: ['late', 'dropped'] } }), unit: PercentUnit },
          }),
          table({
            title: 'Edges',
            description:
              'The edges of the graph. "Late" reached work that had already ended; "dropped" did not arrive, and its work runs on: that is a fault of the boundary it had to cross.',
            labels: ['source', 'target'],
            scopes: ['source', 'target'],
            columns: [
              { title: 'Cancels', unit: OpsPerSecond, query: rate },
              {
                title: 'Late',
                unit: PercentUnit,
                limits: UNDELIVERED,
                query: shareHandedOn({ ...slice, part: { result: 'late' } }),
              },
              {
                title: 'Dropped',
                unit: PercentUnit,
                limits: DROPPED,
                query: shareHandedOn({ ...slice, part: { result: 'dropped' } }),
              },
            ],
          }),
        ],
      },
    ],
  };
}
