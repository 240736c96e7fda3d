/** A cluster with one worker: what each side cancels, and what its own listeners see meanwhile. Prints it. */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { attachToken, type ProcessTokenHandle, shareToken } from '../../../../src/backends/process/index.ts';
import { CancellationToken } from '../../../../src/index.ts';

cluster.setupPrimary({ exec: new URL('cluster-worker.ts', import.meta.url).pathname, serialization: 'advanced' });
const worker: Worker = cluster.fork();
const messages: unknown[] = [];
cluster.on('message', (_, message) => messages.push(message));

const stop = new CancellationToken({ name: 'stop' });
const reply = new CancellationToken({ name: 'reply' });
await once(worker, 'message'); // it listens: Node keeps nothing for a cluster worker that does not
worker.send({ stop: shareToken(stop, worker), reply: shareToken(reply, worker) });
const [{ theirs }] = (await once(worker, 'message')) as [{ theirs: ProcessTokenHandle }];
const lost = attachToken(theirs, worker);

stop.cancel('superseded', 'by the primary');
await reply.whenCancelled();
worker.process.kill('SIGKILL');
const { reason, message } = await lost.whenCancelled();

console.log(
  JSON.stringify({
    reply: reply.cause?.message,
    lost: [reason, message?.replace(/\d+/, 'n')],
    messages: messages.length,
  }),
);
