/**
 * Finds slow cancels: cancelled scopes that have not ended when the threshold passes.
 *
 * W1. Each is reported once, while it runs; one that ended late with the event loop blocked is reported at its end.
 * W2. One timer a clock, for the oldest pending cancel; none while nothing is pending.
 */
import type { CancelDelivered, CancellationCause, Clock, ScopeInfo, Timer } from '../token/index.ts';
import { dispatch, isWanted } from './hub.ts';
import { settings } from './settings.ts';

interface Pending {
  readonly scope: ScopeInfo;
  readonly cause: CancellationCause;
  readonly requestedAt: number;
  readonly thresholdMs: number;
}

/** The pending cancels of one clock, oldest first. */
class Queue {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  #timer: Timer | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(pending: Pending): void {
    this.#pending.set(pending.scope.id, pending);
    this.#timer ??= this.#arm(pending);
  }

  /** @returns Whether nothing is pending any more. */
  end(id: string, settledAt: number): boolean {
    const pending = this.#pending.get(id);
    if (pending !== undefined) {
      this.#pending.delete(id);
      if (settledAt - pending.requestedAt >= pending.thresholdMs) report(pending); // W1
    }
    if (this.#pending.size > 0) return false;
    this.#timer?.clear(); // W2
    this.#timer = null;
    return true;
  }

  clear(): void {
    this.#timer?.clear();
    this.#pending.clear();
  }

  #arm(oldest: Pending): Timer {
    const leftMs = oldest.requestedAt + oldest.thresholdMs - this.#clock.now();
    return this.#clock.setTimer(() => this.#sweep(), Math.max(0, leftMs));
  }

  #sweep(): void {
    this.#timer = null;
    const now = this.#clock.now();
    for (const [id, pending] of this.#pending) {
      if (pending.requestedAt + pending.thresholdMs > now) {
        this.#timer = this.#arm(pending);
        return;
      }
      this.#pending.delete(id);
      report(pending);
    }
  }
}

function report({ scope, cause, requestedAt, thresholdMs }: Pending): void {
  dispatch('cancelSlow', scope, { cause, requestedAt, thresholdMs });
}

const queues = new Map<Clock, Queue>();

/** A cancel is pending from here on. */
export function watchSlow(scope: ScopeInfo, { cause, requestedAt }: CancelDelivered): void {
  if (!isWanted('cancelSlow') || settings.slowMs === Infinity) return;
  let queue = queues.get(scope.clock);
  if (queue === undefined) queues.set(scope.clock, (queue = new Queue(scope.clock)));
  queue.add({ scope, cause, requestedAt, thresholdMs: settings.slowMs });
}

/** It is over. */
export function endSlow(scope: ScopeInfo, settledAt: number): void {
  if (queues.get(scope.clock)?.end(scope.id, settledAt) === true) queues.delete(scope.clock);
}

/** Forgets all that is pending, and its timers. */
export function stopSlow(): void {
  for (const queue of queues.values()) queue.clear();
  queues.clear();
}
