/**
 * A body whose scope has a grace.
 *
 * S6. JavaScript cannot interrupt an `await`. With `graceMs` the caller waits no longer than that after the cancel; the
 *     body is then a zombie, watched until it ends, and its late error reaches nobody but monitors.
 */
import type { CancellationCause } from './cause.ts';
import type { Timer } from './clock.ts';
import { causeOf } from './derived-cause.ts';
import { hooks, processState } from './process-state.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import { settle } from './scope-settling.ts';
import { settleThrown } from './settle-thrown.ts';
import { CANCELLED } from './tree.ts';

/** Waits for a body, or until its grace is over, and settles its scope. */
export function withinGrace<T>(scope: Scope, running: T | PromiseLike<T>, graceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const body = new GracedBody(scope, running, graceMs, resolve, reject);
    scope._hearer = body;
    if (scope.token._state === CANCELLED) body.delivered(); // cancelled by its own first synchronous steps
    void body.followed();
  });
}

/** One object, where a closure for each thing that may happen kept what is young from being collected as such. */
class GracedBody<T> {
  readonly #scope: Scope;
  readonly #running: T | PromiseLike<T>;
  readonly #graceMs: number;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  #timer: Timer | undefined;

  constructor(
    scope: Scope,
    running: T | PromiseLike<T>,
    graceMs: number,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#scope = scope;
    this.#running = running;
    this.#graceMs = graceMs;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Its scope was cancelled: the grace begins. */
  delivered(): void {
    if (this.#graceMs > 0) this.#timer = this.#scope._clock.setTimer(() => this.#abandon(), this.#graceMs);
    else queueMicrotask(() => this.#abandon());
  }

  /** Settles the scope when the body ends, if that is in time. */
  async followed(): Promise<void> {
    const scope = this.#scope;
    try {
      const value = await this.#running;
      this.#timer?.clear();
      if (scope.outcome === 'abandoned') return;
      settle(scope, 'returned');
      this.#resolve(value);
    } catch (error) {
      this.#timer?.clear();
      if (scope.outcome !== 'abandoned') this.#reject(settleThrown(scope, error));
    }
  }

  #abandon(): void {
    const scope = this.#scope;
    if (scope.outcome !== undefined) return;
    const abandonedAt = scope._clock.now();
    settle(scope, 'overdue');
    watchZombie(scope, this.#running, abandonedAt);
    this.#reject(scope.token._error());
  }
}

/** Counts an abandoned body until it ends. */
function watchZombie(scope: Scope, running: unknown, abandonedAt: number): void {
  const cause = causeOf(scope.token) as CancellationCause;
  const requestedAt = scope._phases?.requestedAt ?? abandonedAt;
  processState.zombies.add(scope);
  hooks.zombieDetected?.(scopeInfo(scope), { cause, abandonedAt });
  const end = (result: 'returned' | 'threw'): void => {
    processState.zombies.remove(scope);
    hooks.zombieEnded?.(scopeInfo(scope), { abandonedAt, endedAt: scope._clock.now(), requestedAt, result });
  };
  Promise.resolve(running).then(
    () => end('returned'),
    () => end('threw'),
  );
}
