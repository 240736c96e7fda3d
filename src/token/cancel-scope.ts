/**
 * The front door: run a body in a scope of its own.
 */
import { processState } from './process-state.ts';
import { type Body, runBody } from './run-body.ts';
import { Scope } from './scope.ts';
import { checkedBody, type ScopeOptions } from './scope-options.ts';

/**
 * Runs `body` in a new scope and waits for it.
 *
 * The scope ends when the body does. Cancelled meanwhile, the body is asked to stop through `scope.signal`,
 * `scope.throwIfCancelled()` and the rest; when it stops for that, the promise rejects with the scope's CancelledError.
 * A body that returns a value all the same has its value returned. A scope cancelled before it starts never runs its body.
 *
 * @param name - What to call it in telemetry: a kind of work, never an id. The same few names again and again.
 * @throws {CancelledError} the scope was cancelled and its body stopped, or outlasted `graceMs`.
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it. (Rejects, never throws at once.)
 *
 * @example
 * const report = await cancelScope('load-report', { timeoutMs: 500 }, async (scope) => {
 *   const response = await fetch(url, { signal: scope.signal });
 *   return response.json();
 * });
 */
export function cancelScope<T>(name: string, body: Body<T>): Promise<T>;
export function cancelScope<T>(name: string, options: ScopeOptions | undefined, body: Body<T>): Promise<T>;
export function cancelScope<T>(
  name: string,
  optionsOrBody: ScopeOptions | Body<T> | undefined,
  maybeBody?: Body<T>,
): Promise<T> {
  // Not async itself: a second promise a scope would cost more than all the rest of opening it.
  let scope: Scope;
  let body: Body<T>;
  try {
    const bare = typeof optionsOrBody === 'function';
    body = checkedBody(bare ? optionsOrBody : maybeBody);
    scope = new Scope(name, bare ? undefined : optionsOrBody, processState.ambient.getStore());
  } catch (error) {
    return Promise.reject(error);
  }
  return runBody(scope, body);
}

/**
 * Opens a scope to be ended by `close()` or `await using`. It is not ambient; `scope.run(fn)` makes it so for `fn`.
 * Disposers are told of no error, so report one with `scope.fail(error)`.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * await using scope = openScope('import', { timeoutMs: 5_000 });
 * for (const row of rows) {
 *   scope.throwIfCancelled();
 *   await save(row, scope.signal);
 * }
 */
export function openScope(name: string, options?: ScopeOptions): Scope {
  return new Scope(name, options, processState.ambient.getStore());
}

/**
 * The scope around the running code, across `await`, timers and event handlers; undefined outside any.
 *
 * @example
 * async function query(sql: string) {
 *   return db.query(sql, { signal: currentScope()?.signal });
 * }
 */
export function currentScope(): Scope | undefined {
  return processState.ambient.getStore();
}
