import { setTimeout as sleep } from 'node:timers/promises';
import { cancelScope, explain, registerMonitor } from 'cancelscope';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(`${scope.name}: ${outcome}\n${cause ? explain(cause) : ''}`),
});

await cancelScope('load-report', { timeoutMs: 50 }, () =>
  cancelScope('fetch-rows', (scope) => sleep(10_000, 'rows', { signal: scope.signal })),
).catch((error: Error) => console.log(error.message));

/* prints:
fetch-rows: cancelled
"load-report" was cancelled: timeout
  at 2026-11-22T10:15:03.120Z in process 4711, thread main
→ "fetch-rows" was cancelled with it (+0.0 ms)
load-report: cancelled
"load-report" was cancelled: timeout
  at 2026-11-22T10:15:03.120Z in process 4711, thread main
"load-report" was cancelled: timeout
*/
