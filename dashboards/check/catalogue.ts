/** Every series there can be: those of the telemetry table, those of the recording rules, and Prometheus' own alerts. */
import { ruleGroups } from '../../src/cli/rules/index.ts';
import { LABELS, METRICS, type MetricDefinition } from '../../src/instrumentation/index.ts';

/** What is known of a series by its name. */
export interface Series {
  readonly origin: 'raw' | 'recorded' | 'prometheus';
  /** Whether it only makes sense as a rate. */
  readonly counts: boolean;
  /** All its labels; `undefined` for what rules make of theirs. */
  readonly labels: readonly string[] | undefined;
  readonly exemplars: boolean;
}

/** Labels every series gets when it is scraped. */
export const OF_SCRAPING: readonly string[] = ['job', 'instance'];

/** Series, by name. */
export const CATALOGUE: ReadonlyMap<string, Series> = new Map([
  ...Object.values<MetricDefinition>(METRICS).flatMap(seriesOf),
  ...ruleGroups().flatMap(({ rules }) =>
    rules.flatMap((rule): [string, Series][] =>
      'record' in rule
        ? [[rule.record, { origin: 'recorded', counts: false, labels: undefined, exemplars: false }]]
        : [],
    ),
  ),
  [
    'ALERTS',
    {
      origin: 'prometheus',
      counts: false,
      labels: [...OF_SCRAPING, 'alertname', 'alertstate', 'severity'],
      exemplars: false,
    },
  ],
]);

/** The values a label can have, where that is a closed set. */
export function valuesOf(label: string): readonly string[] | undefined {
  return (LABELS as Readonly<Record<string, readonly string[] | undefined>>)[label];
}

function seriesOf({ prometheusName, type, labels, exemplars }: MetricDefinition): [string, Series][] {
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  return suffixes.map((suffix) => [
    prometheusName + suffix,
    {
      origin: 'raw',
      counts: type !== 'gauge',
      labels: [...OF_SCRAPING, ...labels, ...(suffix === '_bucket' ? ['le'] : [])],
      exemplars: exemplars === true && suffix === '_bucket',
    },
  ]);
}
