/**
 * Scopes under names people know (S13).
 */
import { cancelScope } from './cancel-scope.ts';
import { checkedMs } from './deadline.ts';
import { processState } from './process-state.ts';
import { type Body, runBody } from './run-body.ts';
import { Scope } from './scope.ts';
import { checkedBody, checkOptions, type ScopeOptions } from './scope-options.ts';

/**
 * Runs `body` with a budget of `timeoutMs`.
 *
 * @throws {CancelledError} with reason `timeout` when it runs out.
 *
 * @example
 * const user = await failAfter(200, (scope) => loadUser(id, scope.signal));
 */
export async function failAfter<T>(timeoutMs: number, body: Body<T>): Promise<T> {
  return cancelScope('failAfter', { timeoutMs: checkedMs('timeoutMs', timeoutMs) }, body);
}

/**
 * Like {@link failAfter}, but a budget that ran out gives undefined; a cancel from elsewhere still throws.
 *
 * @example
 * const suggestions = (await moveOnAfter(50, (scope) => suggest(text, scope.signal))) ?? [];
 */
export async function moveOnAfter<T>(timeoutMs: number, body: Body<T>): Promise<T | undefined> {
  const checked = checkedBody(body);
  checkedMs('timeoutMs', timeoutMs);
  const scope = new Scope('moveOnAfter', { timeoutMs }, processState.ambient.getStore());
  try {
    return await runBody(scope, checked);
  } catch (error) {
    if (scope.outcome === 'cancelled' && scope.cause?.reason === 'timeout') return undefined;
    throw error;
  }
}

/** Options of {@link cancellable}. */
export interface CancellableOptions extends ScopeOptions {
  /** What to call its scopes; default the function's own name. */
  readonly name?: string;
}

/**
 * Wraps a function so that each call runs in a scope of its own, handed to it as the first argument.
 *
 * @example
 * const loadUser = cancellable({ name: 'load-user', timeoutMs: 200 }, (scope, id: string) => db.user(id, scope.signal));
 * await loadUser('42');
 */
export function cancellable<A extends unknown[], R>(
  options: CancellableOptions,
  fn: (scope: Scope, ...args: A) => R | PromiseLike<R>,
): (...args: A) => Promise<R> {
  const checked = checkedBody(fn);
  checkOptions(options);
  const name = options.name ?? (checked.name || 'cancellable');
  return (...args) => cancelScope(name, options, (scope) => checked(scope, ...args));
}
