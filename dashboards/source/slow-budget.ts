/**
 * The budget of slow cancels: how much of it is used, and how fast.
 *
 * SB1. A cancel of a shutdown or of a signal is not counted: a process that drains takes as long as it is allowed to. The
 *      alerts count the same.
 * SB2. The slow threshold is a bucket boundary and no whole number; it is read as the label of that bucket.
 */
import { increaseOf, legendOf, rateOf, type Slice } from './expression.ts';
import type { Query } from './query.ts';
import { LATENCY, OBJECTIVE } from './thresholds.ts';
import { METRICS } from '../../src/instrumentation/index.ts';

const EXCEPT: Slice<'latency'>['except'] = { reason: ['shutdown', 'signal'] }; // SB1
const FAST = ['le="$slow"']; // SB2
/** What can be chosen as slow threshold, the default first (SB2). */
export const SLOW_CHOICES: readonly number[] = [
  LATENCY.warn,
  ...METRICS.latency.buckets.filter((value) => value >= 0.05 && !Number.isInteger(value) && value !== LATENCY.warn),
];
/** What can be chosen as objective, the default first. */
export const OBJECTIVE_CHOICES: readonly number[] = [
  OBJECTIVE,
  ...[0.95, 0.99, 0.995, 0.999].filter((o) => o !== OBJECTIVE),
];

/** Share of cancels that took longer than the threshold. */
export function slowShare(over: string, by?: Slice<'latency'>['by']): Query {
  return { expr: slowPart(over, by), legend: by === undefined ? over : legendOf(by) };
}

/** How many times too fast the budget is used: at 1 it lasts exactly as long as it is meant to. */
export function burnRate(over: string): Query {
  return { expr: `(${slowPart(over)}) / (1 - $objective)`, legend: over };
}

/** What is left of the budget; below 0 it is overdrawn. */
export function budgetLeft(over: string): Query {
  return { expr: `1 - (${slowPart(over)}) / (1 - $objective)`, legend: 'left' };
}

/** How many cancels there were. */
export function cancelsCounted(over: string, by?: Slice<'latency'>['by']): Query {
  return { expr: increaseOf('latency', '_count', sliceOf(over, by)), legend: legendOf(by) };
}

function slowPart(over: string, by?: Slice<'latency'>['by']): string {
  const slice = sliceOf(over, by);
  const fast = rateOf('latency', '_bucket', slice, FAST);
  return `1 - ${fast} / (${rateOf('latency', '_count', slice)} > 0)`;
}

function sliceOf(over: string, by: Slice<'latency'>['by']): Slice<'latency'> {
  return { over, ...(by !== undefined && { by }), ...(EXCEPT !== undefined && { except: EXCEPT }) };
}
