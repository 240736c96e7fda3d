/** Starts a thread, then shares its first token with it, and is busy until the thread has ended. Prints who has an entry. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { shareToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../../src/index.ts';
import { gate } from '../../../../support/gate.ts';
import { blockUntil } from '../gates.ts';
import { ownersOf } from '../slab-audit.ts';

const worker = new Worker(new URL('../tasks/late-holder.ts', import.meta.url));
await once(worker, 'online');
const stop = new CancellationToken();
const handle: SharedTokenHandle = shareToken(stop);
const there = gate();
worker.postMessage({ handle, there }, []);
blockUntil(there, 100);
await once(worker, 'exit');
console.log(JSON.stringify(ownersOf(new Int32Array(handle.memory as SharedArrayBuffer))));
