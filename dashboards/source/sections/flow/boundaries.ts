/** What cancels cross on their way, and how long that takes. */
import { OpsPerSecond, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines, stack } from '../../panels.ts';
import { handedOn, perSecond, quantile, shareHandedOn } from '../../query.ts';
import { DROPPED } from '../../thresholds.ts';

export function boundaries(): Section {
  return {
    title: 'Across boundaries',
    bands: [
      {
        height: 8,
        panels: [
          stack({
            title: 'Handed on by boundary',
            description:
              'Cancels handed from one scope to one below it: in the same thread, to another thread, another process, or over the network.',
            unit: OpsPerSecond,
            query: handedOn({ by: ['boundary'] }),
          }),
          lines({
            title: 'Dropped by boundary',
            description:
              'Share of cancels that did not arrive. Anything above 0 at one boundary is a channel that was closed or overrun; the work behind it runs on.',
            unit: PercentUnit,
            limits: DROPPED,
            queries: [shareHandedOn({ by: ['boundary'], part: { result: 'dropped' } })],
          }),
          lines({
            title: 'Delivery p99 by boundary',
            description:
              'From the request of a cancel to the moment its target reads cancelled. Not narrowed by the scope variable. Microseconds within a thread; across, it is the lag of the other side.',
            unit: Seconds,
            queries: [quantile(0.99, 'delivery', { by: ['boundary'] })],
          }),
        ],
      },
      {
        height: 8,
        panels: [
          stack({
            title: 'Cancels by source thread',
            description:
              'Accepted cancels by the thread that called. Name threads with nameThread to tell workers apart. Not narrowed by the scope variable.',
            unit: OpsPerSecond,
            query: perSecond('requests', { by: ['source_thread'], where: { result: 'accepted' } }),
          }),
          lines({
            title: 'Delivery p99 by source thread',
            description:
              'The same time by the thread that called. One thread far above the others: what it cancels lives elsewhere, behind a busy loop.',
            unit: Seconds,
            queries: [quantile(0.99, 'delivery', { by: ['source_thread'] })],
          }),
          lines({
            title: 'Tokens reached by one cancel, p99',
            description:
              'How many tokens one cancel reaches, by its reason. A jump is a storm: one root with many scopes under it, ended at once.',
            unit: Short,
            decimals: 0,
            queries: [quantile(0.99, 'propagationWidth', { by: ['reason'] })],
          }),
        ],
      },
    ],
  };
}
