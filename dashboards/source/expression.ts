/**
 * Expressions: selectors and rates, made from the telemetry table, so that a renamed metric or label breaks the build and
 * no dashboard.
 *
 * Q1. Every selector names the job and the instance, and the scope and the source thread where the metric has them.
 * Q2. A counter or a bucket is only read through `rate` or `increase`, over `$__rate_interval`; what a table says of the
 *     whole time shown is read over `$__range`.
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
type LabelValue<L extends LabelName> = (typeof LABELS)[L] extends readonly (infer Value)[] ? Value : string;

/** Labels a metric has. */
export type LabelOf<K extends MetricKey> = Table[K]['labels'][number];

/** Values of labels: one, or one of several. */
export type Where<K extends MetricKey> = { readonly [L in LabelOf<K>]?: LabelValue<L> | readonly LabelValue<L>[] };

/** Short names of metrics, by type. */
export type CounterKey = KeysOfType<'counter'>;
export type GaugeKey = KeysOfType<'gauge'>;
export type HistogramKey = KeysOfType<'histogram'>;

/** Which series of a metric, and what to keep apart. Only labels the metric has. */
export interface Slice<K extends MetricKey> {
  /** Labels to keep; default none: one series. */
  readonly by?: readonly (LabelOf<K> | 'instance')[];
  /** Label values to keep; default all. */
  readonly where?: Where<K>;
  /** Label values to leave out; default none. */
  readonly except?: Where<K>;
  /** What a rate is taken over; default `$__rate_interval`. */
  readonly over?: string;
}

/** The window of a panel that says one thing of the whole time shown. */
export const WHOLE_RANGE = '$__range';

/** Variables that narrow a metric that has a label of their name. */
const NARROWING = ['scope', 'source_thread'] as const;

/** How much a counter, or one of a histogram's series, grows each second, added up. */
export function rateOf<K extends MetricKey>(
  key: K,
  suffix: '' | '_bucket' | '_count',
  slice: Slice<K>,
  more: readonly string[] = [],
): string {
  return grown('rate', key, suffix, slice, more);
}

/** How much it has grown, added up. */
export function increaseOf<K extends MetricKey>(key: K, suffix: '' | '_bucket' | '_count', slice: Slice<K>): string {
  return grown('increase', key, suffix, slice, []);
}

function grown<K extends MetricKey>(
  how: 'rate' | 'increase',
  key: K,
  suffix: '' | '_bucket' | '_count',
  slice: Slice<K>,
  more: readonly string[],
): string {
  const series = selector(key, suffix, slice, more);
  return `sum${keeping(slice.by)}(${how}(${series}[${slice.over ?? '$__rate_interval'}]))`; // Q2
}

/** A metric, narrowed (Q1). `more` are matchers in PromQL. */
export function selector<K extends MetricKey>(
  key: K,
  suffix: '' | '_bucket' | '_count',
  { where = {}, except = {} }: Pick<Slice<K>, 'where' | 'except'>,
  more: readonly string[] = [],
): string {
  const metric: MetricDefinition = METRICS[key];
  const matchers = ['job', 'instance', ...NARROWING.filter((label) => metric.labels.includes(label))]
    .map((label) => `${label}=~"$${label}"`) // Q1
    .concat(matchersOf(where, '=', '=~'), matchersOf(except, '!=', '!~'), more);
  return `${metric.prometheusName}${suffix}{${matchers.join(',')}}`;
}

/** ` by (…) ` with these labels; nothing without any. */
export function keeping(labels: readonly string[] | undefined): string {
  return labels === undefined ? '' : ` by (${labels.join(', ')}) `;
}

/** A legend of these labels. */
export function legendOf(labels: readonly string[] | undefined): string {
  return (labels ?? []).map((label) => `{{${label}}}`).join(' ');
}

function matchersOf(values: object, one: string, several: string): string[] {
  return Object.entries(values as Record<string, string | readonly string[]>).map(([label, value]) =>
    typeof value === 'string' ? `${label}${one}"${value}"` : `${label}${several}"${value.join('|')}"`,
  );
}
