/**
 * Telling the cancels that belong to a working service from what somebody should look at: for error trackers and loggers.
 *
 * E5. The root says which: somebody asked, left, or was faster. A time limit, a bound and a failure are not expected.
 * E6. Wrappers are followed along `cause`; an AggregateError is expected when all its errors are.
 * E7. What cannot be read, or has no end, is not expected: in doubt it is reported.
 */
import { CancelledError } from './errors.ts';
import { isAbortError } from './is-cancelled.ts';
import type { CancellationReason } from './reason.ts';

/** By the reason of the root (E5). */
const EXPECTED: Readonly<Record<CancellationReason, boolean>> = {
  manual: true,
  timeout: false,
  deadline: false,
  disconnect: true,
  parent: false, // of a root: whoever was above it is not known
  sibling: true, // the failure itself is what the group throws
  superseded: true,
  shutdown: true,
  signal: true,
  condition: false,
  error: false,
  abort: true,
};

/** Errors looked at before giving up (E7). */
const MOST_ERRORS = 200;

/**
 * Whether `error` is a cancel that is part of normal life, also under wrappers: nothing for an error tracker. True for
 * the reasons `manual`, `disconnect`, `superseded`, `shutdown`, `signal`, `sibling` and `abort`; false for `timeout`,
 * `deadline`, `condition` and `error`, and for everything that is no cancel. Of a cancel that came from further out, the
 * root's reason counts.
 *
 * An AbortError that is not ours counts as `abort`, and a TimeoutError as `timeout`. Never throws.
 *
 * @example
 * Sentry.init({ beforeSend: (event, hint) => (isExpectedCancel(hint.originalException) ? null : event) });
 */
export function isExpectedCancel(error: unknown): boolean {
  try {
    return isExpected(error, { left: MOST_ERRORS });
  } catch {
    return false; // E7
  }
}

function isExpected(error: unknown, looks: { left: number }): boolean {
  let aborted = false;
  for (let current = error; typeof current === 'object' && current !== null; current = (current as Error).cause) {
    if (looks.left-- <= 0) return false; // E7
    if (current instanceof CancelledError) return EXPECTED[current.cause.root.reason] === true;
    if ((current as Error).name === 'TimeoutError') return false;
    const { errors } = current as { errors?: unknown };
    if (Array.isArray(errors)) return errors.length > 0 && errors.every((each) => isExpected(each, looks)); // E6
    aborted ||= isAbortError(current);
  }
  return aborted;
}
