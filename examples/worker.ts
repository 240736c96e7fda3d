import { cancelScope, isCancelled, registerMonitor } from 'cancelscope';

registerMonitor({ workerEnded: (scope, { step }) => console.log(`${scope.name}: ${step}`) });

const countPrimes = new URL('tasks/primes.ts', import.meta.url);
const spin = { file: countPrimes, name: 'spin' };

// Its own thread; this one stays free.
const primes = await cancelScope('count', (scope) => scope.runInWorker<number>(countPrimes, { below: 100 }));
console.log('primes below 100:', primes);

// Out of time in the middle of a loop that never yields: the task reads that at once.
await cancelScope('count-on', { timeoutMs: 500 }, (scope) =>
  scope.runInWorker(countPrimes, { below: Number.MAX_SAFE_INTEGER }),
).catch((error: unknown) => console.log('timeout:', isCancelled(error, 'timeout')));

// This one never looks: its thread is ended 50 ms after the cancel.
await cancelScope('spin', { timeoutMs: 1_000 }, (scope) => scope.runInWorker(spin, undefined, { graceMs: 50 })).catch(
  (error: Error) => console.log(error.message),
);

/* prints:
count: returned
primes below 100: 25
count-on: stopped
timeout: true
spin: terminated
"spin" was cancelled: timeout
*/
