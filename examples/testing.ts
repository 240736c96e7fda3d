import { cancelScope, isCancelled, registerMonitor } from 'cancelscope';
import { expectNoLeaks, recordingMonitor, virtualClock } from 'cancelscope/testing';

const noLeaks = expectNoLeaks();
const clock = virtualClock();
const recorded = recordingMonitor();
const off = registerMonitor(recorded);

const work = cancelScope('night-job', { clock, timeoutMs: 8 * 60 * 60 * 1_000 }, (scope) =>
  scope.race(new Promise(() => {})),
).catch((error: unknown) => isCancelled(error, 'timeout'));
await clock.advance(8 * 60 * 60 * 1_000); // eight hours, at once

console.log('timed out:', await work);
console.log(recorded.sequence('night-job').join(' '));
off[Symbol.dispose]();
noLeaks();

/* prints:
timed out: true
scopeOpened deadlineFired cancelDelivered cancelAcknowledged scopeSettled
*/
