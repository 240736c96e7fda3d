import { setTimeout as sleep } from 'node:timers/promises';
import { cancelScope, registerMonitor } from 'cancelscope';

registerMonitor({ shieldLeft: (scope, { deferredMs }) => console.log(`${scope.name}: held back`, deferredMs > 0) });

await cancelScope('order', { timeoutMs: 10 }, async (scope) => {
  await scope.shield(() => sleep(40).then(() => console.log('payment committed')), { maxMs: 1_000 });
  console.log('never reached: the cancel applies here');
}).catch((error: Error) => console.log(error.message));

/* prints:
payment committed
order: held back true
"order" was cancelled: timeout
*/
