/** A metrics back end that keeps every update, under `name{value,value}`. */
import type { MetricDefinition, MetricsBackend, Reading } from '../../src/instrumentation/index.ts';
import type { SpanContextData } from '../../src/token/index.ts';

export interface RecordingBackend extends MetricsBackend {
  /** Sum of a counter; `undefined` if it was never bound. */
  counter(series: string): number | undefined;
  /** Everything a histogram recorded. */
  samples(series: string): readonly number[];
  exemplars(series: string): readonly (SpanContextData | undefined)[];
  /** What an observed metric reads now. */
  readings(name: string): Record<string, number>;
  /** Every series bound or read, by metric. */
  seriesOf(name: string): readonly string[];
  /** How often an instrument was bound. */
  readonly bindings: number;
}

export function recordingBackend(): RecordingBackend {
  const counters = new Map<string, number>();
  const histograms = new Map<string, { values: number[]; exemplars: (SpanContextData | undefined)[] }>();
  const observed = new Map<string, () => Iterable<Reading>>();
  let bindings = 0;
  const keyOf = (metric: MetricDefinition, values: readonly string[]): string => {
    if (values.length !== metric.labels.length) throw new Error(`${metric.prometheusName} got ${values.length} labels`);
    return `${metric.prometheusName}{${values.join(',')}}`;
  };
  const readings = (name: string): Record<string, number> =>
    Object.fromEntries(Array.from(observed.get(name)?.() ?? [], ([values, value]) => [values.join(','), value]));
  return {
    bindCounter(metric, values) {
      bindings++;
      const key = keyOf(metric, values);
      counters.set(key, counters.get(key) ?? 0);
      return { add: (amount) => counters.set(key, (counters.get(key) ?? 0) + amount) };
    },
    bindHistogram(metric, values) {
      bindings++;
      const key = keyOf(metric, values);
      const kept = histograms.get(key) ?? { values: [], exemplars: [] };
      histograms.set(key, kept);
      return {
        record: (value, exemplar) => {
          kept.values.push(value);
          kept.exemplars.push(exemplar);
        },
      };
    },
    observe(metric, read) {
      observed.set(metric.prometheusName, read);
    },
    counter: (series) => counters.get(series),
    samples: (series) => histograms.get(series)?.values ?? [],
    exemplars: (series) => histograms.get(series)?.exemplars ?? [],
    readings,
    seriesOf: (name) => {
      if (observed.has(name)) return Object.keys(readings(name));
      return [...counters.keys(), ...histograms.keys()].filter((key) => key.startsWith(`${name}{`));
    },
    get bindings() {
      return bindings;
    },
  };
}
