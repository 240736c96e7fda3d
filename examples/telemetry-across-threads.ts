import { EventEmitter, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { cancelScope, everywhere, registerMonitor } from 'cancelscope';
import { prometheusMonitor } from 'cancelscope/prometheus';
import { shareToken } from 'cancelscope/thread';
import { Registry } from 'prom-client';

// Monitors of the main thread hear of the scopes of its workers too.
const registry = new Registry();
const heard = new EventEmitter();
registerMonitor(prometheusMonitor({ registry }));
registerMonitor({
  scopeOpened: ({ name, parentName, origin }) => heard.emit(`${name} opened`, parentName, origin.threadName),
  scopeSettled: ({ name }, { outcome, cause }) => heard.emit(`${name} settled`, outcome, cause?.root.message),
});

await cancelScope('album', async (album) => {
  const file = new URL('tasks/telemetry-across-threads.ts', import.meta.url);
  new Worker(file, { workerData: shareToken(album.token) });
  const [parent, thread] = await once(heard, 'page opened');
  console.log(`page opened in ${parent}, on ${thread}`);

  // The registry lists them, and cancels them by id, from any thread.
  const { scopes } = await everywhere.snapshot();
  const page = scopes.find(({ origin }) => origin.threadName === 'thumbnailer');
  const settled = once(heard, 'page settled');
  console.log('cancel page:', await everywhere.cancel(page?.id ?? '', 'superseded', 'scrolled past'));
  console.log('page settled:', ...(await settled));
});

const lines = (await registry.metrics()).split('\n');
console.log(lines.filter((line) => /^cancellation_(requests_total|delivery_seconds_count)/.test(line)).join('\n'));

/* prints:
page opened in album, on thumbnailer
cancel page: cancelled
page settled: cancelled scrolled past
cancellation_requests_total{reason="superseded",source_thread="main",result="accepted"} 1
cancellation_delivery_seconds_count{boundary="thread",source_thread="main"} 1
*/
