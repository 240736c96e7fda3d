/**
 * Watching code that has an AbortSignal already, without a change to what it does.
 *
 * F6. The code sees no difference: it gets the very signal, it runs also when that has aborted, and its own value or its
 *     own error comes out. Only a scope is told when it began, when its cancel was asked for and noticed, and how it ended.
 */
import { noticeAbort } from './adopt.ts';
import { InvalidArgumentError } from './errors.ts';
import { listenersOfNext, type ObservedListeners } from './observe-listeners.ts';
import { isOwnCancel } from './own-cancel.ts';
import { processState } from './process-state.ts';
import { invoke } from './run-body.ts';
import { Scope } from './scope.ts';
import { settle } from './scope-settling.ts';
import { CANCELLED } from './tree.ts';

/**
 * Runs `fn`, code that already uses `signal`, in a scope named `name`: latency, acknowledgement and outcome of its cancel
 * become visible, and the scope is the ambient one inside. `fn` is called at once, with the same signal object.
 *
 * The signal's abort counts as the cancel, with its reason read as `adopt` does. Outcomes are a scope's: `cancelled` when
 * `fn` rejects with the signal's reason, an AbortError or our CancelledError; `failed` with any other error; `ignored` when
 * it returns a value after the abort. A scope around it that is cancelled cancels this one too, but not the signal.
 *
 * @param name - What to call it in telemetry: a kind of work, never an id.
 * @param signal - What `fn` is aborted by; undefined when it has none: it then counts as work nobody aborts.
 * @returns Always a promise, of what `fn` gives; a query builder or other lazy thenable is started by it, once.
 * @throws What `fn` throws or rejects with, the same object: a synchronous throw becomes a rejection.
 * @throws {InvalidArgumentError} `name`, `signal` or `fn` cannot be what it is. (Rejects; `fn` has not been called.)
 *
 * @example
 * const rows = await observe('load-rows', request.signal, (signal) => legacyLoad(query, { signal }));
 */
export function observe<T, S extends AbortSignal | undefined = AbortSignal>(
  name: string,
  signal: S,
  fn: (signal: S) => T | PromiseLike<T>,
): Promise<T> {
  let work: ObservedWork;
  let running: T | PromiseLike<T>;
  try {
    if (typeof fn !== 'function') throw new InvalidArgumentError('fn', 'a function', fn);
    work = new ObservedWork(name, signal);
  } catch (error) {
    return Promise.reject(error);
  }
  try {
    running = invoke(work.scope, () => fn(signal));
  } catch (error) {
    work.threw(error);
    return Promise.reject(error);
  }
  work.started();
  return whenEnded(work, running);
}

async function whenEnded<T>(work: ObservedWork, running: T | PromiseLike<T>): Promise<T> {
  let value: T;
  try {
    value = await running;
  } catch (error) {
    work.threw(error);
    throw error; // F6
  }
  work.returned();
  return value;
}

/** One call of observed code, and the scope that is told of it. */
class ObservedWork {
  readonly scope: Scope;
  readonly #signal: AbortSignal | undefined;
  readonly #listeners: ObservedListeners | undefined;

  constructor(name: string, signal: AbortSignal | undefined) {
    const ambient = processState.ambient.getStore();
    this.scope = new Scope(name, signal === undefined ? undefined : { signal }, ambient);
    this.#signal = signal;
    this.#listeners = signal && listenersOfNext(signal);
    if (this.#listeners !== undefined) this.scope._hearer = this;
  }

  delivered(): void {
    if (this.#listeners?.hear === true) this.scope._acknowledged('listener');
  }

  started(): void {
    this.#listeners?.started();
  }

  returned(): void {
    this.#end();
    settle(this.scope, 'returned');
  }

  threw(error: unknown): void {
    this.#end();
    if (this.scope.token._state === CANCELLED && isOwnCancel(this.scope, error)) settle(this.scope, 'stopped');
    else settle(this.scope, 'threw', error);
  }

  #end(): void {
    this.#listeners?.ended();
    // A listener of somebody else's may have kept the abort from ours (`stopImmediatePropagation`).
    if (this.#signal?.aborted === true) noticeAbort(this.#signal);
  }
}
