/**
 * A clock that stands still until told to go on.
 *
 * V1. Timers fire in order of their due time, those due together in the order they were set.
 * V2. `advance` lets promise jobs run before, between and after timers, so that work they wake goes on in virtual time.
 */
import type { Clock, Timer } from '../token/index.ts';

/** A {@link Clock} a test moves by hand. */
export interface VirtualClock extends Clock {
  /** Moves it on by `ms`, firing what falls due on the way (V1, V2). */
  advance(ms: number): Promise<void>;
  /** Timers set and neither fired nor cleared. */
  readonly pendingTimers: number;
}

/** Options of {@link virtualClock}. */
export interface VirtualClockOptions {
  /** Its first reading, in ms; default 0. */
  readonly now?: number;
  /** What that reading is in milliseconds since 1970; default the start of 2030. */
  readonly wallTime?: number;
}

interface Waiting {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Makes one.
 *
 * @example
 * const clock = virtualClock();
 * const work = failAfterOneSecond({ clock });
 * await clock.advance(1_000);
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const { now: start = 0, wallTime = Date.UTC(2030, 0, 1) } = options;
  const timers = new Set<Waiting>();
  let now = start;
  let order = 0;

  const earliest = (until: number): Waiting | undefined => {
    let found: Waiting | undefined;
    for (const timer of timers) {
      if (timer.dueAt > until) continue;
      if (
        found === undefined ||
        timer.dueAt < found.dueAt ||
        (timer.dueAt === found.dueAt && timer.order < found.order)
      ) {
        found = timer;
      }
    }
    return found;
  };

  return {
    now: () => now,
    toMonotonicNs: (reading) => BigInt(Math.round(reading * 1e6)),
    toWallTime: (reading) => wallTime + reading - start,
    setTimer(callback, delayMs): Timer {
      const timer = { dueAt: now + delayMs, order: order++, callback };
      timers.add(timer);
      return { clear: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const until = now + ms;
      await settled(); // V2
      for (let timer = earliest(until); timer !== undefined; timer = earliest(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.dueAt);
        timer.callback();
        await settled();
      }
      now = until;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}

/** Resolves when the promise jobs that wait now, and those they start, have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
