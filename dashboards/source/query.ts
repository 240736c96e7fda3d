/**
 * Queries: what panels ask.
 *
 * Q3. A share divides by more than zero, and is 0, not missing, while its part has never been counted.
 * Q4. An edge belongs to a scope that is either of its ends.
 */
import { METRICS, type LabelName, type MetricDefinition, type MetricKey } from '../../src/instrumentation/index.ts';
import {
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  increaseOf,
  keeping,
  type LabelOf,
  legendOf,
  rateOf,
  selector,
  type Slice,
  type Where,
} from './expression.ts';

export { type CounterKey, type GaugeKey, type HistogramKey, type Slice, WHOLE_RANGE } from './expression.ts';

/** An expression, and the legend of the series it gives. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** Whether Prometheus can show exemplars beside it. */
  readonly exemplars?: boolean;
}

/** How often a counter counts, per second. */
export function perSecond<K extends CounterKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: rateOf(key, '', slice), legend: legendOf(slice.by) };
}

/** How often a histogram is told something, per second. */
export function observedPerSecond<K extends HistogramKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: rateOf(key, '_count', slice), legend: legendOf(slice.by) };
}

/** The sum of a gauge. */
export function total<K extends GaugeKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: `sum${keeping(slice.by)}(${selector(key, '', slice)})`, legend: legendOf(slice.by) };
}

/** The highest value of a gauge. */
export function highest<K extends GaugeKey>(key: K, slice: Slice<K> = {}): Query {
  return { expr: `max${keeping(slice.by)}(${selector(key, '', slice)})`, legend: legendOf(slice.by) };
}

/** A quantile of a histogram; its legend is `p99` or the labels kept. */
export function quantile<K extends HistogramKey>(q: number, key: K, slice: Slice<K> = {}): Query {
  const labels: readonly string[] = ['le', ...(slice.by ?? [])];
  const buckets = rateOf(key, '_bucket', { ...slice, by: labels as Slice<K>['by'] & {} });
  return {
    expr: `histogram_quantile(${q}, ${buckets})`,
    legend: slice.by === undefined ? `p${q * 100}` : legendOf(slice.by),
    exemplars: hasExemplars(key),
  };
}

/** The counts of a histogram's buckets, for a heatmap. */
export function buckets<K extends HistogramKey>(key: K, where: Where<K> = {}): Query {
  const byLe: readonly string[] = ['le'];
  return {
    expr: increaseOf(key, '_bucket', { where, by: byLe as Slice<K>['by'] & {} }),
    legend: '{{le}}',
    exemplars: hasExemplars(key),
  };
}

/** How much of a counter is `part`, from 0 to 1 (Q3); `whole` is everything by default. */
export function share<K extends CounterKey>(
  key: K,
  slice: Omit<Slice<K>, 'where'> & { readonly part: Where<K>; readonly whole?: Where<K> },
): Query {
  const { part, whole = {}, ...rest } = slice;
  const ofPart = rateOf(key, '', { ...rest, where: part });
  const ofWhole = rateOf(key, '', { ...rest, where: whole });
  return { expr: `(${ofPart} or ${ofWhole} * 0) / (${ofWhole} > 0)`, legend: legendOf(slice.by) };
}

type EdgeSlice = Slice<'propagations'>;

/** How often cancels are handed on, per second (Q4). */
export function handedOn(slice: EdgeSlice): Query {
  return { expr: edges(slice), legend: legendOf(slice.by) };
}

/** How much of what is handed on is `part`, from 0 to 1 (Q3, Q4). */
export function shareHandedOn(slice: Omit<EdgeSlice, 'where'> & { readonly part: Where<'propagations'> }): Query {
  const { part, ...rest } = slice;
  return {
    expr: `(${edges({ ...rest, where: part })} or ${edges(rest)} * 0) / (${edges(rest)} > 0)`,
    legend: legendOf(slice.by),
  };
}

/** Only the series that are not 0. */
export function inUse(query: Query): Query {
  return { ...query, expr: `${query.expr} > 0` };
}

/** An expression of edges with the id a node graph needs. */
export function withEdgeId(query: Query): Query {
  const [source, target]: LabelName[] = ['source', 'target'];
  return { ...query, expr: `label_join(${query.expr}, "id", "->", "${source}", "${target}")` };
}

/** The values of a label, for a dashboard variable, where the given variables are already chosen. */
export function labelValues(key: MetricKey, label: 'job' | 'instance' | LabelName, chosen: readonly string[]): string {
  const matchers = chosen.map((name) => `${name}=~"$${name}"`).join(',');
  return `label_values(${METRICS[key].prometheusName}${matchers === '' ? '' : `{${matchers}}`}, ${label})`;
}

/** Every edge that starts or ends at a chosen scope, once, then added up over the labels to keep (Q4). */
function edges(slice: EdgeSlice): string {
  const by: LabelOf<'propagations'>[] = ['source', 'target'];
  const kept = slice.by ?? [];
  const all = [...by, ...kept.filter((label) => label !== 'source' && label !== 'target')];
  const ends = by.map((end) => rateOf('propagations', '', { ...slice, by: all }, [`${end}=~"$scope"`]));
  const either = `(${ends.join(' or ')})`;
  return all.length === kept.length ? either : `sum${keeping(slice.by)}${either}`;
}

function hasExemplars(key: MetricKey): boolean {
  const metric: MetricDefinition = METRICS[key];
  return metric.exemplars === true;
}
