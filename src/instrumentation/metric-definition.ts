/**
 * What the telemetry table is made of: labels with their sets of values, and the shape of a metric.
 *
 * N2. Label values come from closed or bounded sets (`label-bounds.ts`); ids, messages, paths and urls are never labels.
 */
import { CANCELLATION_REASONS, SCOPE_OUTCOMES, WORKER_END_STEPS } from '../token/index.ts';
import { SHUTDOWN_PHASES } from './monitor.ts';

/** The value that stands for everything a bounded label has no room for. */
export const OTHER = '_OTHER';

/** Every label, with its closed set of values; `undefined` for the bounded ones. */
export const LABELS = {
  reason: [...CANCELLATION_REASONS, OTHER],
  outcome: SCOPE_OUTCOMES,
  result: undefined,
  boundary: ['local', 'thread', 'process', 'network'],
  source_thread: undefined,
  scope: undefined,
  source: undefined,
  target: undefined,
  kind: ['discarded', 'after_cancel'],
  method: undefined,
  phase: ['before_headers', 'streaming'],
  step: WORKER_END_STEPS,
  shutdown_phase: SHUTDOWN_PHASES,
  work: ['request', 'scope'],
  monitor: undefined,
  version: undefined,
} as const satisfies Record<string, readonly string[] | undefined>;

/** A label of some metric. */
export type LabelName = keyof typeof LABELS;

/** One metric of the contract. */
export interface MetricDefinition {
  /** Name in Prometheus. */
  readonly prometheusName: string;
  /** Name in OpenTelemetry (N1). */
  readonly otelName: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** UCUM unit: `s`, `1`, or an annotation such as `{scope}`. */
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly LabelName[];
  /** Upper bucket bounds, for histograms. */
  readonly buckets?: readonly number[];
  /** Whether samples carry `trace_id` and `span_id` where the format has exemplars. */
  readonly exemplars?: true;
}
