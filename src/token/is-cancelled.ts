/**
 * Telling a cancel from an error, also when somebody wrapped it.
 *
 * E3. Wrappers are followed along `cause`, at most {@link DEPTH_LIMIT} deep: a cyclic or endless chain ends.
 * E4. A getter that throws is no cancel, and no throw here.
 */
import { CancelledError } from './errors.ts';
import type { CancellationReason } from './reason.ts';

const DEPTH_LIMIT = 16;

/**
 * The CancelledError in `error` or under its wrappers (E3), for who wants its cause.
 *
 * @example
 * const cancelled = findCancelledError(error);
 * if (cancelled !== undefined) log.info(explain(cancelled.cause));
 */
export function findCancelledError(error: unknown): CancelledError | undefined {
  return findInChain(error, isOurs);
}

/** The first of `error` and its wrapped causes that `is` one (E3, E4). */
export function findInChain<T>(error: unknown, is: (error: unknown) => error is T): T | undefined {
  let current = error;
  try {
    for (let depth = 0; depth < DEPTH_LIMIT; depth++) {
      if (is(current)) return current;
      if (typeof current !== 'object' || current === null) return undefined;
      current = (current as { cause?: unknown }).cause;
    }
  } catch {
    // E4
  }
  return undefined;
}

/** Without a cause it is a look-alike, made by a copier or a mock. */
function isOurs(error: unknown): error is CancelledError {
  return error instanceof CancelledError && typeof error.cause === 'object';
}

/** Whether `error` is a plain AbortError, ours or the platform's, that does not say whose (E4). */
export function isAbortError(error: unknown): boolean {
  try {
    return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';
  } catch {
    return false;
  }
}

/**
 * Whether `error` is a cancel of this library, also under wrappers: `timers/promises` puts ours in an AbortError's
 * `cause`, `fetch` rejects with it directly.
 *
 * @param reason - Ask for one reason only: it matches the cause's own or its root's.
 *
 * @example
 * try { await work(); } catch (error) {
 *   if (isCancelled(error, 'timeout')) return reply(504);
 *   throw error;
 * }
 */
export function isCancelled(error: unknown, reason?: CancellationReason): boolean {
  const found = findCancelledError(error);
  if (found === undefined) return false;
  return reason === undefined || found.cause.reason === reason || found.cause.root.reason === reason;
}
