/** Why scopes are cancelled, and what stays behind. */
import { OpsPerSecond, Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { stack, timeline } from '../../panels.ts';
import { highest, inUse, observedPerSecond, perSecond, WHOLE_RANGE } from '../../query.ts';
import { matrix } from '../../tables.ts';
import { PENDING_AGE } from '../../thresholds.ts';

export function causes(): Section {
  return {
    title: 'Why, and what stays behind',
    bands: [
      {
        height: 12,
        panels: [
          matrix({
            title: 'Scope and reason',
            description:
              'Cancelled scopes that ended, per second over the time shown, by scope and by the reason of the root cause. The strongest colour is where to look first.',
            unit: OpsPerSecond,
            rows: 'scope',
            columns: 'reason',
            query: observedPerSecond('latency', { by: ['scope', 'reason'], over: WHOLE_RANGE }),
          }),
        ],
      },
      {
        height: 9,
        panels: [
          timeline({
            title: 'Pending over time',
            description:
              'Age of the oldest cancel whose scope has not ended, scope by scope; nothing where none is pending. A red stretch is work that did not stop; many at once have one cause above them.',
            unit: Seconds,
            noValue: 'nothing is pending',
            limits: PENDING_AGE,
            query: inUse(highest('oldestPending', { by: ['scope'] })),
            scopeIn: 'scope',
          }),
        ],
      },
      {
        height: 9,
        panels: [
          stack({
            title: 'Calls of cancel by result',
            description:
              'Only the first cancel of a token is "accepted". "redundant" came second, "late" after the work had ended: both change nothing, and much of them is code that cancels without knowing what. Not narrowed by the scope variable.',
            unit: OpsPerSecond,
            wide: true,
            query: perSecond('requests', { by: ['result'] }),
          }),
          stack({
            title: 'Cancelled scopes by reason',
            description: 'Cancelled scopes that ended, by the reason of the root cause: what "parent" came from.',
            unit: OpsPerSecond,
            wide: true,
            query: observedPerSecond('latency', { by: ['reason'] }),
          }),
        ],
      },
    ],
  };
}
