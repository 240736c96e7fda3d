/**
 * Deadlines: instants on a scope's monotonic clock, and the timer that keeps one.
 *
 * D1. Absolute, min-combined, never later than the enclosing scope's.
 * D3. For every option in ms: 0 or negative means already expired, `Infinity` none; NaN or no number is an error that
 *     names the option.
 */
import type { Clock, Timer } from './clock.ts';
import { InvalidArgumentError } from './errors.ts';
import type { CancellationReason } from './reason.ts';

/** `value` as a length of time in ms (D3). @throws {InvalidArgumentError} it is NaN or no number. */
export function checkedMs(argument: string, value: unknown): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw new InvalidArgumentError(argument, 'a number of milliseconds, Infinity for none', value);
}

/** The reading of `clock` that an instant given from outside stands for: such a reading itself, or a Date. */
export function readingOf(instant: number | Date, clock: Clock): number {
  if (typeof instant === 'number') return instant;
  const now = clock.now();
  return now + instant.getTime() - clock.toWallTime(now);
}

/** A scope's own end of time: earlier than any around it. Those within share it. */
export class Budget {
  /** Reading of {@link clock} at which it ends. */
  readonly at: number;
  readonly reason: CancellationReason;
  readonly clock: Clock;
  readonly #expire: (budget: Budget) => void;
  #timer: Timer | null = null;

  constructor(at: number, reason: CancellationReason, clock: Clock, expire: (budget: Budget) => void) {
    this.at = at;
    this.reason = reason;
    this.clock = clock;
    this.#expire = expire;
  }

  /** Starts the timer; an instant that has passed expires at once. */
  start(now: number, keepAlive: boolean): void {
    if (this.at <= now) this.#expire(this);
    else this.#timer = this.clock.setTimer(() => this.#expire(this), this.at - now, keepAlive);
  }

  /** Expires now if it is over, whether or not the timer had its turn. */
  check(): void {
    if (this.clock.now() >= this.at) this.#expire(this);
  }

  clear(): void {
    this.#timer?.clear();
    this.#timer = null;
  }
}
