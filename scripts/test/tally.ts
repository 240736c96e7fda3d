/**
 * Tallies: what passed, failed and was skipped, and what that means for the run.
 *
 * Y1. A run in which nothing passed is no success.
 * Y2. Under continuous integration a skipped test is a failure of the run: there, everything a test needs is installed.
 */

/** Counts of steps and tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

/** Both together. */
export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** The last line of a run. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Whether the run succeeded (Y1, Y2). */
export function succeeded({ passed, failed, skipped }: Tally, isCi: boolean): boolean {
  return failed === 0 && passed > 0 && !(isCi && skipped > 0);
}
