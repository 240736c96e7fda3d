/**
 * A service for tests of alerts, run by `fork`. It cancels hundreds of times a second, which is its normal traffic, and
 * serves its metrics.
 *
 * Its first message is its port. Told `slow` or `healthy` it becomes that, and answers with the same word.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import prom from 'prom-client';
import { metricsHandler, prometheusMonitor } from '../../src/exporters/prometheus/index.ts';
import { cancelScope, isCancelled, registerMonitor, type Scope } from '../../src/index.ts';
import { type Deferred, deferred } from './deferred.ts';

const EVERY_MS = 20;
const REPORTS = 10;
const CALL_WITHIN_MS = 10;
/** How long a cancelled report goes on while the service is slow: over the 500 ms of the rules, well under a second. */
const SLOW_MS = 550;
const LONG_MS = 600_000;

/** Resolved when the service is healthy again; none while it is. */
let recovery: Deferred<void> | undefined;

const registry = new prom.Registry();
registerMonitor(prometheusMonitor({ registry }));
const server = createServer(metricsHandler(registry)).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});

setInterval(() => {
  for (let count = 0; count < REPORTS; count++) unlessCancelled(report());
  unlessCancelled(cancelScope('call-model', { timeoutMs: CALL_WITHIN_MS }, untilCancelled));
  unlessCancelled(cancelScope('call-cache', { timeoutMs: LONG_MS }, () => Promise.resolve())); // early: no cliff
}, EVERY_MS);

process.on('message', (state: 'slow' | 'healthy') => {
  if (state === 'slow') {
    recovery = deferred();
    unlessCancelled(exportRows(recovery.promise));
  } else {
    recovery?.resolve();
    recovery = undefined;
  }
  process.send?.(state);
});
process.on('disconnect', () => process.exit());

/** A report that nobody wants by the time it is begun. */
function report(): Promise<void> {
  return cancelScope('load-report', async (scope) => {
    setImmediate(() => scope.cancel('superseded'));
    try {
      await cancelScope('fetch-rows', untilCancelled);
    } finally {
      if (recovery !== undefined) await delay(SLOW_MS);
    }
  });
}

/** An export that is cancelled at once, and stops only when told. */
function exportRows(told: Promise<void>): Promise<void> {
  return cancelScope('export-rows', async (scope) => {
    scope.cancel('manual');
    await told;
    scope.throwIfCancelled();
  });
}

function untilCancelled(scope: Scope): Promise<void> {
  return delay(LONG_MS, undefined, { signal: scope.signal });
}

/** Any other error ends the process. */
function unlessCancelled(work: Promise<void>): void {
  void work.catch((error: unknown) => {
    if (!isCancelled(error)) throw error;
  });
}
