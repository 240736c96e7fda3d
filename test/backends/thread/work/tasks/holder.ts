/** A thread that holds a token, and then ends in some way. */
import { Worker, workerData } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import type { CancellationToken } from '../../../../../src/index.ts';
import { type Gate, open } from '../../../../support/gate.ts';

const { handle, how, there } = workerData as { handle: SharedTokenHandle; how: string; there: Gate };
const held = attachToken(handle);
open(there);

const ends: Record<string, (token: CancellationToken) => void> = {
  hold: (token) => void token.onCancel(() => {}),
  return: () => {},
  exit: () => process.exit(0),
  throw: () => {
    throw new Error('ended by an error');
  },
  reject: () => void Promise.reject(new Error('ended by a rejection')),
  spin: () => {
    for (;;);
  },
  'cancel and exit': (token) => {
    token.cancel('manual', 'its last word');
    process.exit(0);
  },
  'start another': () => void new Worker(import.meta.filename, { workerData: { handle, how: 'exit', there } }),
};
ends[how]?.(held);
