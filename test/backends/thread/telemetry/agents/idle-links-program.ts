/**
 * A program with a monitor, whose worker has run scopes: both threads are linked, and nothing else is left to do. It
 * prints what keeps the main thread alive, and ends if nothing does.
 */
import { once } from 'node:events';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle, shareToken } from '../../../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere, openScope, registerMonitor } from '../../../../../src/index.ts';

if (isMainThread) {
  let heard = 0;
  const settled = new Promise<void>((resolve) => {
    registerMonitor({ scopeOpened: () => heard++, scopeSettled: () => resolve() });
  });
  const worker = new Worker(new URL(import.meta.url), { workerData: shareToken(new CancellationToken()) });
  await settled;
  await everywhere.snapshot({ withinMs: 600_000 });
  worker.unref();
  await loopTurn();
  const resources = process.getActiveResourcesInfo().filter((name) => /Timeout|MessagePort|Worker/.test(name));
  console.log(JSON.stringify({ heard, resources }));
} else {
  attachToken(workerData as SharedTokenHandle);
  openScope('work').close();
  await once(parentPort as never, 'message'); // never comes: the worker stays
}
