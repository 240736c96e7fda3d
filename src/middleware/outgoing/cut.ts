/**
 * What becomes of a call when it is cancelled: the error its caller gets, and what monitors hear.
 *
 * C12. The scopes around a call reject it with its CancelledError. The caller's own signal rejects it with that signal's
 *      reason, the very object: as it would without us.
 * C13. A cancel that cut a call under way has left the process: an edge over the boundary `network`, from the call to the
 *      other side, which is called the same here. That the surrounding scope cancelled the call is the `local` edge before it.
 */
import { type CancellationToken, findCancelledError, hooks, requestCancel, type Scope } from '../../token/index.ts';

/** What a cancelled call rejects with (C12). */
export function reasonOf(token: CancellationToken, callers: AbortSignal | undefined): unknown {
  return callers?.aborted === true ? callers.reason : token._error();
}

/** Tells monitors that a call under way was cut (C13). */
export function reportCut(name: string): void {
  hooks.propagated?.({ source: name, target: name, boundary: 'network', result: 'delivered' });
}

/** Cancels a call that its caller gave up by other means than a signal of its own, giving `reason`. */
export function cancelByCaller(scope: Scope, reason: unknown): void {
  const parent = findCancelledError(reason)?.cause;
  if (parent !== undefined) return void requestCancel(scope.token, 'parent', undefined, undefined, parent);
  const { name, message } = reason instanceof Error ? reason : { name: undefined, message: undefined };
  requestCancel(scope.token, name === 'TimeoutError' ? 'timeout' : 'abort', message, ['caller']);
}
