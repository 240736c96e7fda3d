/**
 * Clocks: monotonic time, and the only timers the library starts.
 *
 * D2. A delay may have any length: longer than a platform timer can hold, it is chained.
 * D4. Time is injected. Timers keep no process alive unless asked.
 * D5. A timer never fires before its delay has passed on its own clock.
 */

/** A started timer. */
export interface Timer {
  /** Stops it. Twice, or after it fired, changes nothing. */
  clear(): void;
}

/** Where time comes from. {@link systemClock} unless a token or scope is given another. */
export interface Clock {
  /** Monotonic milliseconds, from an origin of the clock's own. */
  now(): number;
  /** The host-wide monotonic time, in nanoseconds, that the reading `now` stands for: threads and processes share it. */
  toMonotonicNs(now: number): bigint;
  /** The wall-clock time, in milliseconds since 1970, that the reading `now` stands for. */
  toWallTime(now: number): number;
  /**
   * Calls `callback` once, when `delayMs` have passed (D2, D5).
   *
   * @param keepAlive - Whether a pending timer keeps the process running; default false (D4).
   */
  setTimer(callback: () => void, delayMs: number, keepAlive?: boolean): Timer;
}

/** The longest delay `setTimeout` holds, in ms; one more and it fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

const { performance: loadedPerformance, setTimeout: loadedSetTimeout } = globalThis;

/**
 * `performance.now()`. The global `performance` is an accessor that costs a third of the reading, so it is asked for
 * only where timers are not those of when this was loaded: a test that fakes them fakes the clock too.
 */
function now(): number {
  return (setTimeout === loadedSetTimeout ? loadedPerformance : performance).now();
}

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;
  readonly #callback: () => void;
  readonly #dueAt: number;
  readonly #keepAlive: boolean;

  constructor(callback: () => void, delayMs: number, keepAlive: boolean) {
    this.#callback = callback;
    this.#dueAt = now() + delayMs;
    this.#keepAlive = keepAlive;
    this.#arm(delayMs);
  }

  clear(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  #arm(delayMs: number): void {
    // Rounded up: the platform rounds down and would fire early (D5).
    this.#handle = setTimeout(SystemTimer.#fired, Math.min(Math.ceil(delayMs), LONGEST_DELAY_MS), this);
    if (!this.#keepAlive) this.#handle.unref(); // D4
  }

  static #fired(this: void, timer: SystemTimer): void {
    const leftMs = timer.#dueAt - now();
    if (leftMs > 0) return timer.#arm(leftMs); // D2, D5
    timer.#handle = undefined;
    timer.#callback();
  }
}

/** What `performance.now() === 0` is on the host's monotonic clock, in ns: the narrowest of a few paired readings. */
const originNs = ((): bigint => {
  let origin = 0n;
  let narrowestNs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 16; round++) {
    const before = process.hrtime.bigint();
    const reading = now();
    const widthNs = Number(process.hrtime.bigint() - before);
    if (widthNs >= narrowestNs) continue;
    narrowestNs = widthNs;
    origin = before + BigInt(Math.round(widthNs / 2)) - BigInt(Math.round(reading * 1e6));
  }
  return origin;
})();

/** The reading of {@link systemClock} that stands for an instant of the host's monotonic clock. */
export function systemReading(monotonicNs: bigint): number {
  return Number(monotonicNs - originNs) / 1e6;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now,
  toMonotonicNs: (reading) => originNs + BigInt(Math.round(reading * 1e6)),
  toWallTime: (reading) => Date.now() - (now() - reading),
  setTimer: (callback, delayMs, keepAlive = false) => new SystemTimer(callback, delayMs, keepAlive),
};
