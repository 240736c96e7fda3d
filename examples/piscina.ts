import { cancelScope, taskGroup } from 'cancelscope';
import { runInPiscina } from 'cancelscope/thread';
import { Piscina } from 'piscina';

const filename = new URL('tasks/thumbnail.ts', import.meta.url).href;
const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });

console.log(await cancelScope('thumbnail', (scope) => runInPiscina(scope, pool, { tiles: 64 })));

// The first one never ends, so the second waits in the pool's queue. The cancel stops one, and takes the other off.
await taskGroup('gallery', async (group) => {
  for (const name of ['first', 'second']) {
    group.spawn(name, (scope) => runInPiscina(scope, pool, { tiles: Infinity }));
  }
  console.log('queued:', pool.queueSize);
  throw new Error('gallery closed');
}).catch((error: Error) => console.log(error.message));

console.log('queued:', pool.queueSize);
console.log(await cancelScope('thumbnail', (scope) => runInPiscina(scope, pool, { tiles: 2 })));
await pool.close();

/* prints:
64 tiles
queued: 1
gallery closed
queued: 0
2 tiles
*/
