/**
 * Prometheus back end: our metrics in one registry.
 *
 * PB1. Every metric is registered at once or none is: half a contract is worse than an error.
 * PB2. Only our own objects are removed again; whatever else sits under a name by then stays.
 */
import {
  type BoundCounter,
  type BoundHistogram,
  type MetricDefinition,
  METRICS,
  type MetricsBackend,
  type Reading,
} from '../../instrumentation/index.ts';
import type { Clock } from '../../token/index.ts';
import type { PrometheusRegistry } from './client-registry.ts';
import { exemplarMaker } from './exemplar-maker.ts';
import type { ExemplarMaker } from './histogram-cell.ts';
import { CounterMetric, HistogramMetric, ObservedMetric } from './metric-kinds.ts';
import { MetricNameTakenError } from './metric-name-taken-error.ts';
import type { RegistryMetric } from './registry-metric.ts';

/** Marks a metric as ours, also for another copy of this module. */
const OURS = Symbol.for('cancelscope.prometheusMetric');

/** Keeps our metrics, and puts them into a registry. */
export class PrometheusBackend implements MetricsBackend {
  readonly #registry: PrometheusRegistry;
  readonly #makeExemplar: ExemplarMaker;
  readonly #counters = new Map<MetricDefinition, CounterMetric>();
  readonly #histograms = new Map<MetricDefinition, HistogramMetric>();
  readonly #observed = new Map<MetricDefinition, ObservedMetric>();

  constructor(registry: PrometheusRegistry, clock: Clock) {
    this.#registry = registry;
    this.#makeExemplar = exemplarMaker(registry, clock);
  }

  bindCounter(metric: MetricDefinition, labelValues: readonly string[]): BoundCounter {
    return this.#counter(metric).series.of(labelValues);
  }

  bindHistogram(metric: MetricDefinition, labelValues: readonly string[]): BoundHistogram {
    return this.#histogram(metric).series.of(labelValues);
  }

  observe(metric: MetricDefinition, read: () => Iterable<Reading>): void {
    this.#observed.set(metric, new ObservedMetric(metric, this.#registry, read));
  }

  /**
   * Puts every metric into the registry (PB1).
   *
   * @throws {MetricNameTakenError} One of the names is taken.
   */
  register(): void {
    const metrics = Object.values(METRICS).map((metric) => this.#metricOf(metric));
    for (const { name } of metrics) {
      const found = this.#registry.getSingleMetric(name);
      if (found !== undefined) throw new MetricNameTakenError(name, isOurs(found));
    }
    for (const metric of metrics) {
      Object.defineProperty(metric, OURS, { value: true });
      this.#registry.registerMetric(metric as never);
    }
  }

  /** Takes every metric out again (PB2). */
  unregister(): void {
    for (const metric of Object.values(METRICS).map((definition) => this.#metricOf(definition))) {
      if (this.#registry.getSingleMetric(metric.name) === metric) this.#registry.removeSingleMetric(metric.name);
    }
  }

  #metricOf(metric: MetricDefinition): RegistryMetric {
    const observed = this.#observed.get(metric);
    if (observed !== undefined) return observed;
    return metric.type === 'histogram' ? this.#histogram(metric) : this.#counter(metric);
  }

  #counter(metric: MetricDefinition): CounterMetric {
    let found = this.#counters.get(metric);
    if (found === undefined) this.#counters.set(metric, (found = new CounterMetric(metric, this.#registry)));
    return found;
  }

  #histogram(metric: MetricDefinition): HistogramMetric {
    let found = this.#histograms.get(metric);
    if (found === undefined) {
      this.#histograms.set(metric, (found = new HistogramMetric(metric, this.#registry, this.#makeExemplar)));
    }
    return found;
  }
}

function isOurs(metric: unknown): boolean {
  return typeof metric === 'object' && metric !== null && OURS in metric;
}
