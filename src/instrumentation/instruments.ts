/**
 * Instruments: what a metrics back end must offer so that {@link metricsMonitor} can feed it.
 *
 * Label values are resolved once, when an instrument is bound; an update is then a number and nothing else.
 */
import type { SpanContextData } from '../token/index.ts';
import type { MetricDefinition } from './telemetry-table.ts';

/** One series of a counter. */
export interface BoundCounter {
  add(amount: number): void;
}

/** One series of a histogram. */
export interface BoundHistogram {
  record(value: number, exemplar?: SpanContextData): void;
}

/** One reading of a gauge or of a counter kept elsewhere: label values in the metric's order, and the number. */
export type Reading = readonly [labelValues: readonly string[], value: number];

/** Where measurements go. */
export interface MetricsBackend {
  bindCounter(metric: MetricDefinition, labelValues: readonly string[]): BoundCounter;
  bindHistogram(metric: MetricDefinition, labelValues: readonly string[]): BoundHistogram;
  /** `read` is called at each collection; it never throws. */
  observe(metric: MetricDefinition, read: () => Iterable<Reading>): void;
}
