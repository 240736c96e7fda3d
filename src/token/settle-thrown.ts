/**
 * How a scope ends whose body threw.
 *
 * S5. On a cancelled scope the body's own cancel, any wrapper of it, or a bare AbortError means `cancelled`, and the
 *     caller gets the scope's error. Any other error stays what it is; so does another token's CancelledError.
 */
import { findCancelledError } from './is-cancelled.ts';
import { isOwnCancel } from './own-cancel.ts';
import type { Scope } from './scope.ts';
import { settle } from './scope-settling.ts';
import { CANCELLED } from './tree.ts';

/** Settles by what the body threw, and gives what the caller gets (S5). */
export function settleThrown(scope: Scope, error: unknown): unknown {
  if (scope.token._state !== CANCELLED || scope._failure?.error === error || !isOwnCancel(scope, error)) {
    settle(scope, 'threw', error);
    return error;
  }
  settle(scope, 'stopped');
  const found = findCancelledError(error);
  return found === error && found?.cause === scope.token.cause ? error : scope.token._error();
}
