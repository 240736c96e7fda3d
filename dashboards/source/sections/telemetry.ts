/** Whether the numbers above can be trusted. */
import { OpsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines } from '../panels.ts';
import { perSecond, quantile, total } from '../query.ts';

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
            queries: [quantile(0.99, 'deadlineLag')],
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
          lines({
            title: 'Failures in listeners and monitors',
            description:
              'Listeners, triggers and disposers that threw, and events a monitor failed on or dropped. A cancel is never stopped by them, but these panels may miss some.',
            unit: OpsPerSecond,
            queries: [
              { ...perSecond('listenerErrors', { by: ['scope'] }), legend: 'listener: {{scope}}' },
              perSecond('monitorEvents', { by: ['monitor', 'result'], where: { result: ['error', 'dropped'] } }),
            ],
          }),
        ],
      },
    ],
  };
}
