/** A thread with a short life: it attaches, shares, cancels and lets go of tokens at random, and ends as it is told. */
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { attachToken, shareToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../../src/token/index.ts';
import { randoms } from '../../../../support/barrier.ts';
import type { Mortal } from './mortal.ts';

const { handles, won, seed, end } = workerData as Mortal;
const random = randoms(seed);
const attached = new Map<number, CancellationToken>();
const own: CancellationToken[] = [];

const deeds: readonly (() => void)[] = [
  attach,
  attach,
  listen,
  share,
  share,
  cancelAttached,
  cancelOwn,
  letGo,
  letGoOfOwn,
];

function live(): void {
  deeds[random(deeds.length)]?.();
}

/** One of the tokens it was given. */
function attach(): void {
  const index = random(handles.length);
  try {
    attached.set(index, attachToken(handles[index] as SharedTokenHandle));
  } catch {
    // nobody holds it any more
  }
}

function listen(): void {
  anyAttached()?.[1].onCancel(() => {});
}

/** A token of its own; the main thread is told of some. */
function share(): void {
  const token = new CancellationToken({ name: 'own' });
  const handle = shareToken(token);
  own.push(token);
  if (random(4) === 0) parentPort?.postMessage(handle, []);
  if (own.length > 20) letGoOfOwn();
}

function cancelAttached(): void {
  if (random(4) !== 0) return; // or none were left for the others
  const found = anyAttached();
  if (found === undefined) return;
  const [index, token] = found;
  if (token.cancel('superseded', `by thread ${threadId}`)) Atomics.store(won, index, 1);
}

function cancelOwn(): void {
  own.splice(random(own.length), 1)[0]?.cancel('manual');
}

function letGo(): void {
  const found = anyAttached();
  if (found === undefined) return;
  attached.delete(found[0]);
  found[1].dispose();
}

function letGoOfOwn(): void {
  own.splice(random(own.length), 1)[0]?.dispose();
}

function anyAttached(): [number, CancellationToken] | undefined {
  return [...attached][random(attached.size)];
}

parentPort?.postMessage('up', []);
for (let deed = random(30); deed >= 0; deed--) live();
if (end === 'exit') process.exit(0);
if (end === 'throw') throw new Error('end of life');
if (end === 'reject') void Promise.reject(new Error('end of life'));
while (end === 'busy') live();
if (end === 'blocked') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
