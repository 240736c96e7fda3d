/**
 * Aborts among errors: a cancel of ours, or any other AbortError.
 *
 * A1. By name only: an error that merely has an abort as its cause was made an error by its author.
 * A2. Reading never throws, and follows no endless chain.
 */
import { CancelledError, type CancellationReason } from '../../token/index.ts';

const DEEPEST = 8;

/** Whether `error` is an AbortError, ours or the platform's (A1). */
export function isAbort(error: unknown): boolean {
  try {
    return error instanceof CancelledError || (error as { name?: unknown } | null | undefined)?.name === 'AbortError';
  } catch {
    return false;
  }
}

/** Why, if it is a cancel of ours, or wraps one: `timers/promises` puts ours in an AbortError's `cause`. */
export function reasonOfAbort(error: unknown): CancellationReason | undefined {
  try {
    let current = error;
    for (let depth = 0; depth < DEEPEST && isAbort(current); depth++) {
      if (current instanceof CancelledError) return current.cause.reason;
      current = (current as { cause?: unknown }).cause;
    }
  } catch {
    // A2
  }
  return undefined;
}
