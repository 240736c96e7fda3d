/** A thread that attaches to the token it is sent, and ends at once. */
import { parentPort } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { type Gate, open } from '../../../../support/gate.ts';

parentPort?.once('message', ({ handle, there }: { handle: SharedTokenHandle; there: Gate }) => {
  attachToken(handle);
  open(there);
  process.exit(0);
});
