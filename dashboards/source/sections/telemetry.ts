/** Whether the numbers above can be trusted. */
import { OpsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines, stack } from '../panels.ts';
import { perSecond, quantile, total } from '../query.ts';
import { TIMER_LAG } from '../thresholds.ts';

export function telemetry(): Section {
  return {
    title: 'Process and telemetry',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Deadline lag, p99',
            description:
              'How late deadline timers fire. More than some milliseconds is a busy event loop: every cancel waits behind it.',
            unit: Seconds,
            wide: true,
            limits: TIMER_LAG,
            queries: [quantile(0.99, 'deadlineLag', { by: ['instance'] })],
          }),
          lines({
            title: 'Failures in listeners and monitors',
            description:
              'Listeners, triggers and disposers that threw, and events a monitor failed on or dropped. A cancel is never stopped by them, but these panels may miss some.',
            unit: OpsPerSecond,
            noValue: 'no failures',
            wide: true,
            queries: [
              { ...perSecond('listenerErrors', { by: ['scope'] }), legend: 'listener: {{scope}}' },
              perSecond('monitorEvents', { by: ['monitor', 'result'], where: { result: ['error', 'dropped'] } }),
            ],
          }),
        ],
      },
      {
        height: 8,
        panels: [
          stack({
            title: 'Events by monitor',
            description:
              'Events each monitor took. A monitor whose area ends was detached: it failed too often, and what it feeds stands still.',
            unit: OpsPerSecond,
            wide: true,
            query: perSecond('monitorEvents', { by: ['monitor'], where: { result: 'ok' } }),
          }),
          lines({
            title: 'Processes by version',
            description: 'Processes that report, by their version of cancelscope. Two lines are a rollout in progress.',
            unit: Short,
            wide: true,
            queries: [total('buildInfo', { by: ['version'] })],
          }),
        ],
      },
    ],
  };
}
