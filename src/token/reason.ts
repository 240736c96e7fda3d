/**
 * Reasons: the closed set of why something was cancelled. It becomes a metric label, so it never grows by input.
 *
 * R0. Text that is no reason is kept as the message and counts as `manual`: a mistyped call still cancels.
 */

/** Every reason, in the order documents list them. */
export const CANCELLATION_REASONS = [
  'manual',
  'timeout',
  'deadline',
  'disconnect',
  'parent',
  'sibling',
  'superseded',
  'shutdown',
  'signal',
  'condition',
  'error',
  'abort',
] as const;

/**
 * Why something was cancelled.
 *
 * - `manual`: code or a person asked
 * - `timeout`: the scope's own budget ran out
 * - `deadline`: a deadline handed in from outside ran out
 * - `disconnect`: the client of the request went away
 * - `parent`: an enclosing scope or linked token was cancelled; `cause.root` says why
 * - `sibling`: another task of the same group failed
 * - `superseded`: newer or faster work made this unnecessary
 * - `shutdown`: the process is draining
 * - `signal`: an OS signal arrived
 * - `condition`: a watched predicate or resource bound became true
 * - `error`: a dependency failed
 * - `abort`: a foreign AbortSignal aborted, and its reason says no more
 */
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

const known: ReadonlySet<unknown> = new Set(CANCELLATION_REASONS);

/** Whether `value` is one of {@link CANCELLATION_REASONS}. */
export function isCancellationReason(value: unknown): value is CancellationReason {
  return known.has(value);
}
