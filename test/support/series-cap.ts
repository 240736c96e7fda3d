/** How many series a metric can have at most, with every bounded label at its default limit. */
import {
  EDGES_MAX,
  LABELS,
  type LabelName,
  type MetricDefinition,
  MONITOR_NAMES_MAX,
  SCOPE_NAMES_MAX,
  SOURCE_THREADS_MAX,
} from '../../src/instrumentation/index.ts';

/** Bounded labels, `_OTHER` included. Source and target are bounded as pairs. */
const BOUNDED: Readonly<Partial<Record<LabelName, number>>> = {
  scope: SCOPE_NAMES_MAX + 1,
  source: EDGES_MAX + 1,
  target: 1,
  source_thread: SOURCE_THREADS_MAX + 1,
  monitor: MONITOR_NAMES_MAX + 1,
  method: 10,
  result: 3,
  version: 1,
};

/** The cap of one metric. */
export function seriesCap({ labels, type, buckets = [] }: MetricDefinition): number {
  const each = type === 'histogram' ? buckets.length + 3 : 1; // +Inf, _sum and _count
  return labels.reduce((cap, label) => cap * (BOUNDED[label] ?? LABELS[label]?.length ?? Infinity), each);
}
