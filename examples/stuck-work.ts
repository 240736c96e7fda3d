import { setTimeout as sleep } from 'node:timers/promises';
import { cancelScope, registerMonitor, registry } from 'cancelscope';

registerMonitor({
  zombieDetected: (scope) => console.log(`${scope.name} was given up, and runs on`),
  zombieEnded: (scope, { result }) => console.log(`${scope.name} ended at last: ${result}`),
});

// 20 ms of budget, 10 ms to stop; the body never looks.
await cancelScope('export', { timeoutMs: 20, graceMs: 10 }, () => sleep(80)).catch((error: Error) =>
  console.log(error.message),
);
console.log('zombies now:', registry.statistics().zombies);
await sleep(120);

/* prints:
export was given up, and runs on
"export" was cancelled: timeout
zombies now: 1
export ended at last: returned
*/
