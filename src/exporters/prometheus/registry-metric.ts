/**
 * Registry metric: what a client registry holds for each of our metrics, and asks for values when scraped.
 *
 * RM1. A counter is called `x_total` in plain text, and in OpenMetrics `x`, whose samples the registry then prints as
 *      `x_total`. The registry assigns the short name just before it renders OpenMetrics and never assigns it back,
 *      which ruins a plain counter for good. So here the assignment is only a note for the rendering it announces.
 * RM2. The values handed over are fresh objects: registries write default labels into them.
 */
import type { MetricDefinition } from '../../instrumentation/index.ts';
import { type PrometheusRegistry, rendersOpenMetrics } from './client-registry.ts';
import type { Exemplar } from './histogram-cell.ts';

/** Label names and values of a series. */
export type Labels = Readonly<Record<string, string | number>>;

/** One line of the exposition. */
export interface MetricLine {
  /** Name of the line when it is not the metric's own. */
  readonly metricName?: string;
  readonly labels: Labels;
  /** Labels of the whole series; printed after `labels`, and kept in printed form by the registry. */
  readonly sharedLabels?: Labels;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** A metric as a registry reads it. */
export interface MetricData {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition['type'];
  readonly aggregator: Aggregator;
  readonly values: MetricLine[];
}

/** How values of several processes become one. */
export type Aggregator = 'sum' | 'max' | 'first';

/** How a metric aggregates, where that is not by addition. */
const AGGREGATORS: Readonly<Record<string, Aggregator>> = {
  cancellation_oldest_pending_seconds: 'max',
  cancellation_build_info: 'first',
};

/** One metric of ours in a registry. */
export abstract class RegistryMetric {
  readonly help: string;
  readonly type: MetricDefinition['type'];
  readonly aggregator: Aggregator;
  protected readonly definition: MetricDefinition;
  readonly #registry: PrometheusRegistry;
  #announced = false;

  constructor(definition: MetricDefinition, registry: PrometheusRegistry) {
    this.definition = definition;
    this.help = definition.help;
    this.type = definition.type;
    this.aggregator = AGGREGATORS[definition.prometheusName] ?? 'sum';
    this.#registry = registry;
  }

  /** Always the full name; an assignment announces one rendering in OpenMetrics (RM1). */
  get name(): string {
    return this.definition.prometheusName;
  }

  set name(_short: string) {
    this.#announced = true;
  }

  /** For JSON, and for aggregation over processes: the full name, plain labels, no exemplars. */
  get(): Promise<MetricData> {
    return Promise.resolve(this.#data(this.name, this.lines(false).map(withoutSharedLabels)));
  }

  /** For text. */
  getForPromString(): Promise<MetricData> {
    // Not the registry's own type alone: this metric may be rendered by a registry it was merged into (RM1).
    const openMetrics = this.#announced || rendersOpenMetrics(this.#registry);
    this.#announced = false;
    const name = openMetrics && this.type === 'counter' ? this.name.replace(/_total$/, '') : this.name;
    return Promise.resolve(this.#data(name, this.lines(openMetrics)));
  }

  /** Back to 0. */
  abstract reset(): void;

  /** Every line of the metric, made now (RM2). */
  protected abstract lines(exemplars: boolean): MetricLine[];

  #data(name: string, values: MetricLine[]): MetricData {
    return { name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }
}

function withoutSharedLabels({ metricName, labels, sharedLabels, value }: MetricLine): MetricLine {
  return { ...(metricName !== undefined && { metricName }), labels: { ...labels, ...sharedLabels }, value };
}

/** Label values with their names. */
export function labelsOf(definition: MetricDefinition, values: readonly string[]): Labels {
  return Object.freeze(Object.fromEntries(definition.labels.map((label, index) => [label, values[index] ?? ''])));
}
