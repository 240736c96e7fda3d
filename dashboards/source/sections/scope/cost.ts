/** What the scope costs when it stops late. */
import { OpsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines, stack } from '../../panels.ts';
import { perSecond } from '../../query.ts';

export function cost(): Section {
  return {
    title: 'Cost and faults',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          stack({
            title: 'Wasted time',
            description:
              'Seconds of its cancelled runs, per second: "discarded" before the cancel, "after_cancel" behind it.',
            unit: Seconds,
            query: perSecond('wasted', { by: ['kind'] }),
          }),
          stack({
            title: 'Slow cancels by reason',
            description: 'Its cancelled runs that passed the slow threshold, by the reason of the root cause.',
            unit: OpsPerSecond,
            noValue: 'no slow cancels',
            query: perSecond('slow', { by: ['reason'] }),
          }),
          stack({
            title: 'Worker tasks by end',
            description: 'Its tasks in workers. "terminated" did not look in time: its thread was ended.',
            unit: OpsPerSecond,
            noValue: 'no tasks in workers',
            query: perSecond('workerEnds', { by: ['step'] }),
          }),
          lines({
            title: 'Listener errors',
            description: 'Its listeners, triggers and disposers that threw. The cancel went on without them.',
            unit: OpsPerSecond,
            noValue: 'no errors',
            queries: [{ ...perSecond('listenerErrors'), legend: 'errors' }],
          }),
        ],
      },
    ],
  };
}
