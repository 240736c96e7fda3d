/**
 * Keys read by a thread of its own.
 *
 * W1. A press cancels its token there and then, on that thread: no message is needed, and this thread reads the token as
 *     cancelled at once, also in the middle of a computation.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CancellationToken } from 'cancelscope';
import { shareToken } from 'cancelscope/thread';
import { type Keys, spaceTokens } from './keys.ts';
import type { KeyboardData, KeyboardMessage } from './keyboard-thread.ts';

/** Reads the keys of `path`, a terminal in raw mode. Resolves when the thread listens. @throws it cannot. */
export async function keysOnWorker(path = '/dev/tty'): Promise<Keys> {
  const stop = new CancellationToken({ name: 'stop-key' });
  const workerData: KeyboardData = { path, stop: shareToken(stop) };
  const worker = new Worker(new URL('keyboard-thread.ts', import.meta.url), { name: 'keyboard', workerData });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
  const tell = (message: KeyboardMessage): void => worker.postMessage(message);
  await once(worker, 'message'); // rejects on 'error'
  return {
    nextSpace: spaceTokens((token) => tell({ space: shareToken(token) })),
    stop,
    attended: true,
    async [Symbol.asyncDispose]() {
      const exit = once(worker, 'exit');
      tell('end');
      await exit;
    },
  };
}
