/**
 * A program whose worker shares a token before its main thread has anything to do with threads. The main thread attaches
 * when the worker's attempt to link to it has failed, and before the worker knows. It prints, as JSON, what it hears of
 * the worker then.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- ports, no windows */
import { setImmediate as loopTurn } from 'node:timers/promises';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import {
  attachToken,
  nameThread,
  type SharedTokenHandle,
  shareToken,
} from '../../../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere, openScope, registerMonitor } from '../../../../../src/index.ts';
import { type Gate, gate, open, pass } from '../../../../support/gate.ts';

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await loopTurn();
}

/** Longer than it ever takes: a program that hears nothing ends all the same. */
const LONGEST_MS = 15_000;

if (isMainThread) {
  setTimeout(() => process.exit(1), LONGEST_MS).unref();
  const heard: string[] = [];
  const settled = new Promise<void>((resolve) => {
    registerMonitor({
      scopeOpened: ({ name, origin }) => heard.push(`${name} opened on ${origin.threadName}`),
      scopeSettled: ({ name }) => (heard.push(`${name} settled`), resolve()),
    });
  });
  const attached = gate();
  const worker = new Worker(new URL(import.meta.url), { workerData: attached });
  const [handle] = (await once(worker, 'message')) as [SharedTokenHandle];
  await turns();
  const token = attachToken(handle);
  const cancelled = token.whenCancelled();
  open(attached);
  await once(worker, 'message');

  const { scopes, unreachable } = await everywhere.snapshot();
  worker.postMessage('cancel');
  const { message } = await cancelled;
  worker.postMessage('end');
  await settled;
  console.log(JSON.stringify({ listed: scopes.map(({ name }) => name), unreachable, message, heard }));
} else {
  nameThread('first');
  const token = new CancellationToken({ name: 'stop' });
  parentPort?.postMessage(shareToken(token));
  pass(workerData as Gate);
  await turns();
  const scope = openScope('work');
  parentPort?.on('message', (what) => {
    if (what === 'cancel') token.cancel('manual', 'by the worker');
    else {
      scope.close();
      parentPort?.unref();
    }
  });
  parentPort?.postMessage('ready');
}
