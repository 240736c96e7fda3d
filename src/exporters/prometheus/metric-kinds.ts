/**
 * Metric kinds: how counters, histograms and observed metrics become lines of the exposition.
 */
import type { MetricDefinition, Reading } from '../../instrumentation/index.ts';
import type { PrometheusRegistry } from './client-registry.ts';
import { CounterCell } from './counter-cell.ts';
import { type ExemplarMaker, HistogramCell } from './histogram-cell.ts';
import { type Labels, labelsOf, type MetricLine, RegistryMetric } from './registry-metric.ts';
import { Series } from './series.ts';

const NO_LABELS: Labels = Object.freeze({});

/** A counter whose cells are ours. */
export class CounterMetric extends RegistryMetric {
  readonly series: Series<CounterCell>;

  constructor(definition: MetricDefinition, registry: PrometheusRegistry) {
    super(definition, registry);
    this.series = new Series(definition, () => new CounterCell());
  }

  override reset(): void {
    for (const [, cell] of this.series.all()) cell.reset();
  }

  protected override lines(): MetricLine[] {
    return Array.from(this.series.all(), ([sharedLabels, { value }]) => ({ labels: NO_LABELS, sharedLabels, value }));
  }
}

/** A histogram whose cells are ours. */
export class HistogramMetric extends RegistryMetric {
  readonly series: Series<HistogramCell>;
  readonly #bucketLabels: readonly Labels[];

  constructor(definition: MetricDefinition, registry: PrometheusRegistry, makeExemplar: ExemplarMaker) {
    super(definition, registry);
    const bounds = definition.buckets ?? [];
    this.series = new Series(
      definition,
      () => new HistogramCell(bounds, definition.exemplars === true ? makeExemplar : undefined),
    );
    this.#bucketLabels = [...bounds, '+Inf'].map((le) => Object.freeze({ le }));
  }

  override reset(): void {
    for (const [, cell] of this.series.all()) cell.reset();
  }

  protected override lines(exemplars: boolean): MetricLine[] {
    const lines: MetricLine[] = [];
    const { name } = this;
    for (const [sharedLabels, cell] of this.series.all()) {
      let count = 0;
      for (const [index, labels] of this.#bucketLabels.entries()) {
        count += cell.countIn(index);
        const exemplar = exemplars ? cell.exemplarOf(index) : undefined;
        lines.push({ metricName: `${name}_bucket`, labels, sharedLabels, value: count, exemplar });
      }
      lines.push({ metricName: `${name}_sum`, labels: NO_LABELS, sharedLabels, value: cell.sum });
      lines.push({ metricName: `${name}_count`, labels: NO_LABELS, sharedLabels, value: count });
    }
    return lines;
  }
}

/** A gauge, or a counter kept elsewhere: read when scraped. */
export class ObservedMetric extends RegistryMetric {
  readonly #read: () => Iterable<Reading>;

  constructor(definition: MetricDefinition, registry: PrometheusRegistry, read: () => Iterable<Reading>) {
    super(definition, registry);
    this.#read = read;
  }

  /** Does nothing: what it reads is not its own. */
  override reset(): void {
    return undefined;
  }

  protected override lines(): MetricLine[] {
    return Array.from(this.#read(), ([values, value]) => ({ labels: labelsOf(this.definition, values), value }));
  }
}
