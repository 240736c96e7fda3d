/** Thresholds: the alerts' own, so that a panel turns red where an alert fires. */
export {
  BURN_RATES,
  type BurnRate,
  DROPPED,
  IGNORED,
  LATE_TIMERS,
  LATENCY,
  type Limits,
  NEAR_DEADLINE_SHARE,
  OBJECTIVE,
  PENDING_AGE,
  SLOW_SHARE,
  TIMER_LAG,
  ZOMBIES,
} from '../../src/cli/rules/index.ts';

/** Share of a budget that is left: what matters is what is below, so the second is less than the first. */
export const BUDGET_LEFT = { warn: 0.25, bad: 0 };

/** Alerts that fire. */
export const ALERTS_FIRING = { warn: 1, bad: 3 };

/** Share of its time budget a scope has used. */
export const BUDGET_USED = { warn: 0.8, bad: 1 };

/** Share of cancels that reached work that had already ended: harmless, and a sign of much that ends at once. */
export const UNDELIVERED = { warn: 0.05, bad: 0.25 };
