/**
 * Thresholds: from when a number deserves a look, and from when it deserves somebody's attention.
 *
 * Seconds are bucket boundaries of the telemetry table, so that an alert can use the same number.
 */

/** Two limits; below the first all is well. */
export interface Limits {
  readonly warn: number;
  readonly bad: number;
}

/** Cancel latency, in seconds. The first is the default slow threshold. */
export const LATENCY: Limits = { warn: 0.5, bad: 2.5 };

/** Age of a pending cancel, in seconds. */
export const PENDING_AGE: Limits = { warn: 2.5, bad: 30 };

/** Share of cancelled scopes that carried on regardless. */
export const IGNORED: Limits = { warn: 0.05, bad: 0.25 };

/** Zombies: one is worth a look. */
export const ZOMBIES: Limits = { warn: 1, bad: 10 };
