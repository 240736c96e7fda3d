/**
 * The life of a scope.
 *
 *   open ──cancel──▶ cancelling ──settle──▶ settled
 *     └────────────────settle─────────────────▲
 *
 * S3. A scope settles once. Its outcome follows from how its body ended and whether it had been cancelled by then.
 */

/** Where a scope is in its life. */
export type ScopeState = 'open' | 'cancelling' | 'settled';

/**
 * How a scope ended.
 *
 * - `completed`: its body returned, and nobody had cancelled it
 * - `failed`: its body threw something that is not its own cancel
 * - `cancelled`: it was cancelled, and its body stopped for it
 * - `ignored`: it was cancelled, and its body returned a value all the same
 * - `abandoned`: it was cancelled, its grace ran out, and its body runs on
 */
export type ScopeOutcome = (typeof SCOPE_OUTCOMES)[number];

/** Every outcome, in the order documents list them. */
export const SCOPE_OUTCOMES = ['completed', 'failed', 'cancelled', 'ignored', 'abandoned'] as const;

/** Where a scope is, from the two facts that decide it (S3). */
export function scopeState(cancelled: boolean, settled: boolean): ScopeState {
  if (settled) return 'settled';
  return cancelled ? 'cancelling' : 'open';
}

/** How a body ended: with a value, with the scope's own cancel, with any other error, or not at all within its grace. */
export type BodyEnd = 'returned' | 'stopped' | 'threw' | 'overdue';

/** The outcome of a body that ended like this (S3). */
export function outcomeOf(cancelled: boolean, end: BodyEnd): ScopeOutcome {
  switch (end) {
    case 'returned':
      return cancelled ? 'ignored' : 'completed';
    case 'stopped':
      return 'cancelled';
    case 'threw':
      return 'failed';
    case 'overdue':
      return 'abandoned';
  }
}
