/** Where the scope runs, and what it hangs together with. */
import { OpsPerSecond, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines } from '../../panels.ts';
import { handedOn, highest, inUse, perSecond, quantile, shareHandedOn, total, WHOLE_RANGE } from '../../query.ts';
import { table } from '../../tables.ts';
import { LATENCY, PENDING_AGE, UNDELIVERED, ZOMBIES } from '../../thresholds.ts';

export function places(): Section {
  const edges = { by: ['source', 'target'], over: WHOLE_RANGE } as const;
  return {
    title: 'Instances and neighbours',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          table({
            title: 'Instances',
            description: 'The processes it runs in. One that differs from the others has a fault of its own.',
            labels: ['instance'],
            scopes: [],
            columns: [
              {
                title: 'Opened',
                unit: OpsPerSecond,
                query: perSecond('scopesOpened', { by: ['instance'], over: WHOLE_RANGE }),
              },
              { title: 'Active', unit: Short, query: total('scopesActive', { by: ['instance'] }) },
              {
                title: 'Oldest pending',
                unit: Seconds,
                limits: PENDING_AGE,
                query: highest('oldestPending', { by: ['instance'] }),
              },
              { title: 'Zombies', unit: Short, limits: ZOMBIES, query: total('zombies', { by: ['instance'] }) },
            ],
          }),
          lines({
            title: 'Latency p99 by instance',
            description:
              'From cancel to the end of the scope. One line above the others: look at the event loop of that process.',
            unit: Seconds,
            wide: true,
            limits: LATENCY,
            queries: [quantile(0.99, 'latency', { by: ['instance'] })],
          }),
        ],
      },
      {
        height: 7,
        panels: [
          table({
            title: 'Cancels it receives and passes on',
            description:
              'Edges of the flow that start or end at this scope, over the time shown, with the share that came late or was dropped.',
            labels: ['source', 'target'],
            scopes: ['source', 'target'],
            columns: [
              { title: 'Cancels', unit: OpsPerSecond, query: inUse(handedOn(edges)) },
              {
                title: 'Undelivered',
                unit: PercentUnit,
                limits: UNDELIVERED,
                query: shareHandedOn({ ...edges, part: { result: ['late', 'dropped'] } }),
              },
            ],
          }),
        ],
      },
    ],
  };
}
