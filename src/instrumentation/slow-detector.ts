/**
 * Finds slow cancels: cancelled scopes that have not ended when the threshold passes.
 *
 * W1. Each is reported once, while it runs; one that ended late with the event loop blocked is reported at its end.
 * W2. One timer for each clock and threshold, for the oldest pending cancel; none while nothing is pending.
 */
import type { CancelDelivered, CancellationCause, Clock, ScopeInfo, Timer } from '../token/index.ts';
import { dispatch, isWanted } from './hub.ts';
import { settings } from './settings.ts';

interface Pending {
  readonly scope: ScopeInfo;
  readonly cause: CancellationCause;
  readonly requestedAt: number;
}

/** The pending cancels of one clock and one threshold, oldest first. */
class Queue {
  readonly clock: Clock;
  readonly thresholdMs: number;
  readonly #pending = new Map<string, Pending>();
  #timer: Timer | null = null;

  constructor(clock: Clock, thresholdMs: number) {
    this.clock = clock;
    this.thresholdMs = thresholdMs;
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
      if (settledAt - pending.requestedAt >= this.thresholdMs) this.#report(pending); // W1
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
    const leftMs = oldest.requestedAt + this.thresholdMs - this.clock.now();
    return this.clock.setTimer(() => this.#sweep(), Math.max(0, leftMs));
  }

  #sweep(): void {
    this.#timer = null;
    const now = this.clock.now();
    for (const [id, pending] of this.#pending) {
      if (pending.requestedAt + this.thresholdMs > now) {
        this.#timer = this.#arm(pending);
        return;
      }
      this.#pending.delete(id);
      this.#report(pending);
    }
  }

  #report({ scope, cause, requestedAt }: Pending): void {
    dispatch('cancelSlow', scope, { cause, requestedAt, thresholdMs: this.thresholdMs });
  }
}

const queues = new Set<Queue>();

/** A cancel is pending from here on. */
export function watchSlow(scope: ScopeInfo, { cause, requestedAt }: CancelDelivered): void {
  if (!isWanted('cancelSlow') || settings.slowMs === Infinity) return;
  queueFor(scope.clock, settings.slowMs).add({ scope, cause, requestedAt });
}

function queueFor(clock: Clock, thresholdMs: number): Queue {
  for (const queue of queues) if (queue.clock === clock && queue.thresholdMs === thresholdMs) return queue;
  const queue = new Queue(clock, thresholdMs);
  queues.add(queue);
  return queue;
}

/** It is over. */
export function endSlow(scope: ScopeInfo, settledAt: number): void {
  for (const queue of queues) {
    if (queue.clock === scope.clock && queue.end(scope.id, settledAt)) queues.delete(queue);
  }
}

/** Forgets all that is pending, and its timers. */
export function stopSlow(): void {
  for (const queue of queues) queue.clear();
  queues.clear();
}
