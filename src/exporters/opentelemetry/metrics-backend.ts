/**
 * Metrics backend: instruments of the OpenTelemetry Metrics API.
 *
 * B1. Meters are no proxies: instruments made before the SDK started would be dead for good. So a series finds its
 *     instrument at its first use, and again after the meter has changed.
 * B2. Without a meter a measurement is dropped, and costs a comparison.
 * B3. Histograms bring their bucket bounds: the SDK's own are meant for milliseconds.
 * B4. A counter is 0 on each meter from the start, as in Prometheus: one that appears with its first 1 shows no increase
 *     to whoever compares two collections.
 */
import type { Counter, Histogram, Meter, Observable, ObservableResult } from '@opentelemetry/api';
import type {
  BoundCounter,
  BoundHistogram,
  MetricDefinition,
  MetricsBackend,
  Reading,
} from '../../instrumentation/index.ts';

type Labels = Record<string, string>;
type ReadAll = () => Iterable<Reading>;

/** Instruments on whatever meter there is. */
export class OpenTelemetryMetrics implements MetricsBackend {
  #meter: Meter | undefined;
  #instruments = new Map<string, Counter | Histogram>();
  #stopObserving: (() => void)[] = [];
  readonly #counters: Series[] = [];
  readonly #observed: { readonly metric: MetricDefinition; readonly read: ReadAll }[] = [];

  /** The meter in use. */
  get meter(): Meter | undefined {
    return this.#meter;
  }

  /** Changes the meter (B1); undefined stops all measuring. */
  use(meter: Meter | undefined): void {
    if (meter === this.#meter) return;
    for (const stop of this.#stopObserving) stop();
    this.#stopObserving = [];
    this.#instruments = new Map();
    this.#meter = meter;
    if (meter === undefined) return;
    for (const counter of this.#counters) counter.add(0); // B4
    for (const { metric, read } of this.#observed) this.#stopObserving.push(observe(meter, metric, read));
  }

  bindCounter(metric: MetricDefinition, labelValues: readonly string[]): BoundCounter {
    const counter = new Series(this, metric, labelValues);
    this.#counters.push(counter);
    counter.add(0); // B4
    return counter;
  }

  bindHistogram(metric: MetricDefinition, labelValues: readonly string[]): BoundHistogram {
    return new Series(this, metric, labelValues);
  }

  observe(metric: MetricDefinition, read: ReadAll): void {
    this.#observed.push({ metric, read });
    if (this.#meter !== undefined) this.#stopObserving.push(observe(this.#meter, metric, read));
  }

  /** @internal The instrument of a metric on the meter in use. */
  instrument(metric: MetricDefinition): Counter | Histogram | undefined {
    if (this.#meter === undefined) return undefined;
    let instrument = this.#instruments.get(metric.otelName);
    if (instrument === undefined) {
      const { otelName, type } = metric;
      instrument =
        type === 'histogram'
          ? this.#meter.createHistogram(otelName, {
              ...described(metric),
              advice: { explicitBucketBoundaries: [...(metric.buckets ?? [])] }, // B3
            })
          : this.#meter.createCounter(otelName, described(metric));
      this.#instruments.set(otelName, instrument);
    }
    return instrument;
  }
}

/** One series, of a counter or of a histogram. */
class Series implements BoundCounter, BoundHistogram {
  readonly #backend: OpenTelemetryMetrics;
  readonly #metric: MetricDefinition;
  readonly #labels: Labels;
  #meter: Meter | undefined;
  #instrument: Counter | Histogram | undefined;

  constructor(backend: OpenTelemetryMetrics, metric: MetricDefinition, labelValues: readonly string[]) {
    this.#backend = backend;
    this.#metric = metric;
    this.#labels = labelsOf(metric, labelValues);
  }

  add(amount: number): void {
    (this.#current() as Counter | undefined)?.add(amount, this.#labels);
  }

  record(value: number): void {
    (this.#current() as Histogram | undefined)?.record(value, this.#labels);
  }

  #current(): Counter | Histogram | undefined {
    const { meter } = this.#backend;
    if (meter !== this.#meter) {
      this.#meter = meter; // B1
      this.#instrument = this.#backend.instrument(this.#metric);
    }
    return this.#instrument;
  }
}

function observe(meter: Meter, metric: MetricDefinition, read: ReadAll): () => void {
  const instrument: Observable =
    metric.type === 'counter'
      ? meter.createObservableCounter(metric.otelName, described(metric))
      : meter.createObservableGauge(metric.otelName, described(metric));
  const callback = (result: ObservableResult): void => {
    for (const [labelValues, value] of read()) result.observe(value, labelsOf(metric, labelValues));
  };
  instrument.addCallback(callback);
  return () => instrument.removeCallback(callback);
}

function described({ unit, help }: MetricDefinition): { unit: string; description: string } {
  return { unit, description: help };
}

function labelsOf(metric: MetricDefinition, values: readonly string[]): Labels {
  return Object.fromEntries(metric.labels.map((label, index) => [label, values[index] ?? '']));
}
