/**
 * How long a key took to act.
 */
import type { CancellationCause } from 'cancelscope';

/** Milliseconds since the cancel that started it all, on whichever thread that was. */
export function sinceMs(cause: CancellationCause): number {
  return Math.max(0, Number(process.hrtime.bigint() - cause.root.monotonicNs) / 1e6);
}
