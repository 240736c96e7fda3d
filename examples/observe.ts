import { setTimeout as sleep } from 'node:timers/promises';
import { adopt, cancelScope, explain, observe, registerMonitor } from 'cancelscope';

registerMonitor({
  cancelAcknowledged: (scope, { mechanism }) => console.log(`${scope.name}: noticed by ${mechanism}`),
  scopeSettled: (scope, { outcome, cause }) => console.log(`${scope.name}: ${outcome} (${cause?.root.reason})`),
});

// Code you have, and do not want to change: it takes a signal.
const loadRows = (signal: AbortSignal) => sleep(10_000, 'rows', { signal });
const countAll = () => sleep(20, 'all counted'); // this one was never given it

const request = new AbortController();
const work: Promise<unknown>[] = [
  observe('load-rows', request.signal, loadRows).catch((error: Error) => console.log('as before:', error.name)),
  observe('count-all', request.signal, countAll),
];

// The same signal as a token with a name, for new code.
const client = adopt(request.signal, { name: 'client' });
work.push(cancelScope('render', { token: client }, (scope) => scope.race(new Promise(() => {}))).catch(() => {}));

request.abort(new Error('tab closed'));
await Promise.all(work);
if (client.cause) console.log(explain(client.cause));

/* prints:
load-rows: noticed by listener
render: noticed by await
render: cancelled (abort)
load-rows: cancelled (abort)
as before: AbortError
count-all: ignored (abort)
"client" was cancelled: abort by AbortSignal (tab closed)
  at 2026-11-22T18:53:49.477Z in process 17312, thread main
*/
