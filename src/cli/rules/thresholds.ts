/**
 * Thresholds: from when a number deserves a look, and from when somebody is alerted. Panels and alerts read the same ones.
 *
 * TH1. Seconds and shares of a budget are bucket boundaries of the telemetry table and no whole numbers where an alert
 *      counts what is above them (N3).
 */

/** Two limits; below the first all is well. */
export interface Limits {
  readonly warn: number;
  readonly bad: number;
}

/** Cancel latency, in seconds. The first is the default slow threshold. */
export const LATENCY: Limits = { warn: 0.5, bad: 2.5 };

/** Share of cancels slower than the slow threshold. */
export const SLOW_SHARE: Limits = { warn: 0.01, bad: 0.05 };

/** Age of a pending cancel, in seconds. */
export const PENDING_AGE: Limits = { warn: 2.5, bad: 30 };

/** Share of cancelled scopes that carried on regardless. */
export const IGNORED: Limits = { warn: 0.05, bad: 0.25 };

/** Zombies: one is worth a look. */
export const ZOMBIES: Limits = { warn: 1, bad: 10 };

/** Share of cancels that did not reach the scope they were for. */
export const DROPPED: Limits = { warn: 0.001, bad: 0.01 };

/** A scope that completed with more than this part of its time budget used was nearly too late. */
export const NEAR_DEADLINE = 0.8;

/** Share of completed scopes that ended near their deadline. */
export const NEAR_DEADLINE_SHARE: Limits = { warn: 0.05, bad: 0.1 };

/** How late a deadline fires, in seconds. */
export const TIMER_LAG: Limits = { warn: 0.01, bad: 0.1 };

/** Share of deadlines that fire later than {@link TIMER_LAG}.bad. */
export const LATE_TIMERS: Limits = { warn: 0.01, bad: 0.05 };

/** Share of cancels that must be fast. */
export const OBJECTIVE = 0.99;

/** How long a window is, in seconds. */
export const WINDOW_SECONDS = {
  '5m': 300,
  '15m': 900,
  '30m': 1_800,
  '1h': 3_600,
  '2h': 7_200,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
} as const;

/** A window rates are taken over. */
export type Window = keyof typeof WINDOW_SECONDS;

/** How fast a budget may burn: at rate 1, one of 30 days lasts 30 days. */
export interface BurnRate {
  readonly long: Window;
  /** A twelfth of the long one: the alert ends soon after the cause does. */
  readonly short: Window;
  readonly factor: number;
  readonly wait: string;
  readonly severity: 'critical' | 'warning';
}

/**
 * The burn rates that alert.
 *
 * @see the Site Reliability Workbook, "Alerting on SLOs", https://sre.google/workbook/alerting-on-slos/
 */
export const BURN_RATES: readonly BurnRate[] = [
  { long: '1h', short: '5m', factor: 14.4, wait: '2m', severity: 'critical' },
  { long: '6h', short: '30m', factor: 6, wait: '15m', severity: 'critical' },
  { long: '1d', short: '2h', factor: 3, wait: '1h', severity: 'warning' },
  { long: '3d', short: '6h', factor: 1, wait: '3h', severity: 'warning' },
];
