/** Where a process ends: clients that leave, workers that are stopped, the process's own shutdown. */
import { OpsPerSecond, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { lines, stack } from '../panels.ts';
import { perSecond, quantile } from '../query.ts';

export function lifecycle(): Section {
  return {
    title: 'Clients, workers and shutdown',
    folded: true,
    bands: [
      {
        height: 8,
        panels: [
          stack({
            title: 'Clients that left',
            description:
              'HTTP requests whose client went away, by whether the answer had begun. Many before the headers: answers take longer than clients wait.',
            unit: OpsPerSecond,
            noValue: 'no client left',
            wide: true,
            query: perSecond('httpDisconnects', { by: ['method', 'phase'] }),
          }),
          stack({
            title: 'Worker tasks by end',
            description:
              'Tasks of runInWorker, by what ended them. "stopped" looked in time; "terminated" did not, and its thread was ended with whatever it held.',
            unit: OpsPerSecond,
            noValue: 'no tasks in workers',
            wide: true,
            query: perSecond('workerEnds', { by: ['step'] }),
          }),
        ],
      },
      {
        height: 8,
        panels: [
          lines({
            title: 'Shutdown phases, p99',
            description:
              'How long each phase of a shutdown took. A process may end before it is scraped again: compare with the logs of its shutdown.',
            unit: Seconds,
            noValue: 'no shutdown',
            wide: true,
            queries: [quantile(0.99, 'shutdownPhase', { by: ['shutdown_phase'] })],
          }),
          lines({
            title: 'Left open by a shutdown, p99',
            description:
              'Requests and scopes still open when a phase ended. More than 0 after "force" was cut off. A process may end before it is scraped again.',
            unit: Short,
            noValue: 'no shutdown',
            decimals: 0,
            wide: true,
            queries: [quantile(0.99, 'shutdownLeft', { by: ['shutdown_phase', 'work'] })],
          }),
        ],
      },
    ],
  };
}
