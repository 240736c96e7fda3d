/**
 * Queries: PromQL made from the telemetry table, so that a renamed metric or label breaks the build and no dashboard.
 *
 * Q1. Every selector names the job and the instance, and the scope where the metric has that label.
 * Q2. A counter or a bucket is only read through `rate` or `increase`, over `$__rate_interval`.
 * Q3. A share divides by more than zero, and is 0, not missing, while its part has never been counted.
 */
import {
  METRICS,
  type LABELS,
  type LabelName,
  type MetricDefinition,
  type MetricKey,
} from '../../src/instrumentation/index.ts';

type Table = typeof METRICS;
type KeysOfType<T extends MetricDefinition['type']> = {
  [K in MetricKey]: Table[K]['type'] extends T ? K : never;
}[MetricKey];
type LabelOf<K extends MetricKey> = Table[K]['labels'][number];
type LabelValue<L extends LabelName> = (typeof LABELS)[L] extends readonly (infer Value)[] ? Value : string;

/** Label values to keep: one, or one of several. */
type Where<K extends MetricKey> = { readonly [L in LabelOf<K>]?: LabelValue<L> | readonly LabelValue<L>[] };

/** Short names of metrics, by type. */
export type CounterKey = KeysOfType<'counter'>;
export type GaugeKey = KeysOfType<'gauge'>;
export type HistogramKey = KeysOfType<'histogram'>;

/** Which series of a metric, and what to keep apart. Only labels the metric has. */
export interface Slice<K extends MetricKey> {
  /** Labels to keep; default none: one series. */
  readonly by?: readonly LabelOf<K>[];
  /** Label values to keep; default all. */
  readonly where?: Where<K>;
}

/** An expression, and the legend of the series it gives. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Whether Prometheus can show exemplars beside it. */
  readonly exemplars?: boolean;
}

/** How often a counter counts, per second. */
export function perSecond<K extends CounterKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: rate(key, slice.by, slice.where), legend: legendOf(slice.by) };
}

/** The sum of a gauge. */
export function total<K extends GaugeKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: `sum${by(slice.by)}(${selector(key, '', slice.where)})`, legend: legendOf(slice.by) };
}

/** The highest value of a gauge. */
export function highest<K extends GaugeKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: `max${by(slice.by)}(${selector(key, '', slice.where)})`, legend: legendOf(slice.by) };
}

/** A quantile of a histogram; its legend is `p99` or the labels kept. */
export function quantile<K extends HistogramKey>(q: number, key: K, slice: Slice<K> = {}): Query {
  const buckets = `sum${by(['le', ...(slice.by ?? [])])}(rate(${selector(key, '_bucket', slice.where)}[$__rate_interval]))`;
  return {
    expr: `histogram_quantile(${q}, ${buckets})`, // Q2
    legend: slice.by === undefined ? `p${q * 100}` : legendOf(slice.by),
    exemplars: hasExemplars(key),
  };
}

/** The counts of a histogram's buckets, for a heatmap. */
export function buckets<K extends HistogramKey>(key: K, where?: Where<K>): Query {
  return {
    expr: `sum by (le) (increase(${selector(key, '_bucket', where)}[$__rate_interval]))`, // Q2
    legend: '{{le}}',
    exemplars: hasExemplars(key),
  };
}

/** How much of a counter is `part`, from 0 to 1 (Q3); `whole` is everything by default. */
export function share<K extends CounterKey>(
  key: K,
  slice: { readonly by?: readonly LabelOf<K>[]; readonly part: Where<K>; readonly whole?: Where<K> },
): Query {
  const part = rate(key, slice.by, slice.part);
  const whole = rate(key, slice.by, slice.whole);
  return { expr: `(${part} or ${whole} * 0) / (${whole} > 0)`, legend: legendOf(slice.by) };
}

/** The values of a label, for a dashboard variable, where the given variables are already chosen. */
export function labelValues(key: MetricKey, label: 'job' | 'instance' | LabelName, chosen: readonly string[]): string {
  const matchers = chosen.map((name) => `${name}=~"$${name}"`).join(',');
  return `label_values(${METRICS[key].prometheusName}${matchers === '' ? '' : `{${matchers}}`}, ${label})`;
}

function rate<K extends CounterKey>(
  key: K,
  labels: readonly string[] | undefined,
  where: Where<K> | undefined,
): string {
  return `sum${by(labels)}(rate(${selector(key, '', where)}[$__rate_interval]))`; // Q2
}

function selector<K extends MetricKey>(key: K, suffix: '' | '_bucket', where: Where<K> | undefined): string {
  const metric: MetricDefinition = METRICS[key];
  const matchers = ['job=~"$job"', 'instance=~"$instance"']; // Q1
  if (metric.labels.includes('scope')) matchers.push('scope=~"$scope"'); // Q1
  const kept: [string, string | readonly string[]][] = Object.entries(where ?? {});
  for (const [label, values] of kept) {
    matchers.push(typeof values === 'string' ? `${label}="${values}"` : `${label}=~"${values.join('|')}"`);
  }
  return `${metric.prometheusName}${suffix}{${matchers.join(',')}}`;
}

function hasExemplars(key: MetricKey): boolean {
  const metric: MetricDefinition = METRICS[key];
  return metric.exemplars === true;
}

function by(labels: readonly string[] | undefined): string {
  return labels === undefined ? '' : ` by (${labels.join(', ')}) `;
}

function legendOf(labels: readonly string[] | undefined): string {
  return (labels ?? []).map((label) => `{{${label}}}`).join(' ');
}
