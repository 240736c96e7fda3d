/**
 * Metrics of a service in which one scope does everything there is, so that a dashboard of that scope has no empty panel.
 *
 * Its names are what a query has to take literally: as regular expressions they match something else, or nothing.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import prom from 'prom-client';
import { metricsHandler, prometheusMonitor } from '../../src/exporters/prometheus/index.ts';
import { sendEveryEvent } from './every-event.ts';
import { causeOf, scopeInfo, settled } from './lifecycle-events.ts';

const EVERY_MS = 100;

/** Its job. */
export const BUSY_JOB = 'shop (eu+1)';
/** The scope that does everything. */
export const BUSY_SCOPE = 'get:/v1.0/{2}';
/** One that the name above matches as a regular expression. */
const OTHER_SCOPE = 'get:/v1_0//';
const THREAD = 'reaper.{1}';

/** One that is scraped. */
export interface BusyService extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** Starts it; it goes on until it is disposed of. */
export async function startBusyService(): Promise<BusyService> {
  const registry = new prom.Registry();
  const monitor = prometheusMonitor({ registry });
  const work = setInterval(() => {
    for (const name of [BUSY_SCOPE, OTHER_SCOPE]) sendEveryEvent(monitor, name);
    monitor.scopeSettled?.(scopeInfo(BUSY_SCOPE, { deadline: 100 }), settled('completed', 80));
    const cause = causeOf('manual');
    const cancel = { reason: 'manual', result: 'accepted', sourceThread: THREAD, cause } as const;
    monitor.cancelRequested?.({ token: { id: 't2', name: BUSY_SCOPE }, ...cancel });
    monitor.cancelDelivered?.(scopeInfo(BUSY_SCOPE), {
      cause,
      requestedAt: 0,
      deliveredAt: 1,
      boundary: 'thread',
      sourceThread: THREAD,
      depth: 0,
    });
  }, EVERY_MS);
  const server = createServer(metricsHandler(registry)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      clearInterval(work);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
