/**
 * One thread wakes another, once, and both read the clock.
 *
 * K1. The one to be woken says that it is armed in the last phase of its event loop, or right before it blocks. No thread
 *     can say of itself that it sleeps, and on one core the other would cut in before it does: so the other one, too,
 *     sleeps for {@link ASLEEP_MS} first, and leaves it the core.
 * K2. Nobody spins: there may be no more cores than threads.
 * K3. Before it counts, the threads have done it more often than there is room for tokens: code is compiled for good, and
 *     no memory is touched for the first time, which costs a page fault.
 */
import { ARMED, done, FIRED_AT, HEARD, HEARD_AT, RETURNED_AT, waitFor } from './memory.ts';
import { type End, type Way, WAYS } from './ways.ts';

const BEFORE = 8_000;
const ASLEEP_MS = 0.1;

/** Never notified. */
const nobody = new Int32Array(new SharedArrayBuffer(4));

interface Told {
  readonly name: string;
  readonly message: unknown;
}

/** Wakes the thread at the other end until that is nothing new (K3). */
export function prepareToWake(end: End, name: string): void {
  for (let i = 0; i < BEFORE; i++) wakeOther(end, name);
}

/** Wakes the thread at the other end; blocks until it has woken. */
export function wakeOther(end: End, name: string): void {
  const { message, transfer, fire } = wayOf(name).ready(end);
  end.steps.fill(0);
  end.port.postMessage({ name, message } satisfies Told, transfer);
  waitFor(end, ARMED); // K2
  Atomics.wait(nobody, 0, 0, ASLEEP_MS); // K1
  end.instants[FIRED_AT] = process.hrtime.bigint();
  fire();
  end.instants[RETURNED_AT] = process.hrtime.bigint();
  waitFor(end, HEARD);
}

/** From now on the other end wakes this thread. */
export function beWoken(end: End): void {
  end.port.on('message', ({ name, message }: Told) => {
    const block = wayOf(name).listen(end, message, heard);
    if (block === undefined) {
      setImmediate(done, end, ARMED); // K1
      return;
    }
    done(end, ARMED);
    block();
    heard();
  });

  function heard(): void {
    end.instants[HEARD_AT] = process.hrtime.bigint();
    done(end, HEARD);
  }
}

function wayOf(name: string): Way {
  const way = WAYS[name];
  if (way === undefined) throw new Error(`no way to wake a thread is called ${name}`);
  return way;
}
