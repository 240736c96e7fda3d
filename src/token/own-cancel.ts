/**
 * Telling a scope's own cancel, as an error, from every other error (S5).
 */
import type { CancellationCause } from './cause.ts';
import { findCancelledError, findInChain, isAbortError } from './is-cancelled.ts';
import type { Scope } from './scope.ts';
import { causeOf } from './derived-cause.ts';

/** Whether `error` comes from the cancel that reached this cancelled scope; a bare AbortError counts as it. */
export function isOwnCancel(scope: Scope, error: unknown): boolean {
  const found = findCancelledError(error);
  if (found === undefined) {
    const foreign = scope._options?.signal; // what the body hands on may throw that signal's own reason
    const isTheirs = (each: unknown): each is unknown =>
      isAbortError(each) || (foreign?.aborted === true && each === foreign.reason);
    return findInChain(error, isTheirs) !== undefined;
  }
  return found.cause.root === (causeOf(scope.token) as CancellationCause).root;
}
