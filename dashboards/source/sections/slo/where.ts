/** Where the time of slow cancels goes. */
import { Seconds } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines } from '../../panels.ts';
import { quantile } from '../../query.ts';
import { TIMER_LAG } from '../../thresholds.ts';

export function where(): Section {
  return {
    title: 'Where the time goes',
    bands: [
      {
        height: 8,
        panels: [
          lines({
            title: 'Timer lag, p99',
            description: 'How late deadlines fire. When this is high, everything below is: the event loop is busy.',
            unit: Seconds,
            limits: TIMER_LAG,
            queries: [{ ...quantile(0.99, 'deadlineLag'), legend: 'lag' }],
          }),
          lines({
            title: 'Delivery, p99',
            description: 'From request to delivery, by the thread that cancelled. Not narrowed by the scope variable.',
            unit: Seconds,
            queries: [quantile(0.99, 'delivery', { by: ['source_thread'] })],
          }),
          lines({
            title: 'Time to react, p99',
            description: 'From delivery to the first reaction. High: the body looks too seldom, or has no signal.',
            unit: Seconds,
            queries: [quantile(0.99, 'acknowledge', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
          lines({
            title: 'Shield time, p99',
            description: 'How long cancels waited behind shielded sections.',
            unit: Seconds,
            noValue: 'no shields',
            queries: [quantile(0.99, 'shield', { by: ['scope'] })],
            scopeIn: 'scope',
          }),
        ],
      },
    ],
  };
}
