/**
 * Rate limit: so many a minute, then only a count.
 *
 * R1. What was held back is told with the next one let through, so no number is lost.
 */
import { systemClock } from '../../token/index.ts';

const WINDOW_MS = 60_000;

/** Lets a bounded number a minute through. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  #windowStart = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #heldBack = 0;

  /**
   * @param perMinute - How many pass in one minute.
   * @param now - Monotonic milliseconds.
   */
  constructor(perMinute: number, now: () => number = () => systemClock.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** How many were held back since the last that passed (R1); undefined when this one is held back too. */
  take(): number | undefined {
    const now = this.#now();
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now;
      this.#passed = 0;
    }
    if (this.#passed >= this.#perMinute) {
      this.#heldBack++;
      return undefined;
    }
    this.#passed++;
    const heldBack = this.#heldBack;
    this.#heldBack = 0;
    return heldBack;
  }
}
