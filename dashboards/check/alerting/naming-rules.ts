/** Rules about names: of records, alerts, groups and labels. */
import { METRICS, type MetricDefinition } from '../../../src/instrumentation/index.ts';
import type { Expression } from '../promql/expression.ts';
import type { Rule } from '../rule.ts';
import { eachAlert, eachRecord } from './each-rule.ts';
import { alertsIn, recordsIn } from './groups.ts';

const NAME_MAX = 40;
const GROUP_MAX = 20;
const SEVERITY = /^(critical|warning|info)$/;

/** Names of series, without `_total`. */
const STEMS = new Set(
  Object.values<MetricDefinition>(METRICS).flatMap(({ prometheusName, type }) =>
    (type === 'histogram' ? ['', '_bucket', '_count', '_sum'] : ['']).map(
      (part) => prometheusName.replace(/_total$/, '') + part,
    ),
  ),
);

export const NAMING_RULES: readonly Rule[] = [
  {
    id: 'R02',
    severity: 'error',
    what: 'A record is level:metric:operations, and says the truth of each.',
    check: eachRecord(function* ({ record }, expression) {
      const [level, metric = '', operation = '', ...more] = record.split(':');
      if (more.length > 0 || operation === '') yield 'is not named level:metric:operations';
      if (!STEMS.has(metric)) yield `${metric} is no metric`;
      const labels = expression.yields ?? [];
      if (level !== labels.join('_')) yield `its labels are ${labels.join(', ')}`;
      const windows = windowsOf(expression).join();
      if (windows !== windowIn(operation)) yield `reads ${windows}`;
    }),
  },
  {
    id: 'R04',
    severity: 'error',
    what: 'No record is there twice, and no alert with the same labels.',
    check: ({ alerting: { file, groups } }) => {
      const keys = [
        ...recordsIn(groups).map(({ record }) => [record, record] as const),
        ...alertsIn(groups).map(({ alert, labels }) => [alert, `${alert} ${JSON.stringify(labels)}`] as const),
      ];
      const seen = new Set<string>();
      return keys.flatMap(([panel, key]) => {
        const again = seen.has(key);
        seen.add(key);
        return again ? [{ file, panel, message: 'is there twice' }] : [];
      });
    },
  },
  {
    id: 'R05',
    severity: 'error',
    what: 'Names of alerts and groups are short, alerts are in CamelCase, and a group has 20 rules at most.',
    check: ({ alerting: { file, groups } }) => [
      ...alertsIn(groups)
        .filter(({ alert }) => alert.length > NAME_MAX || !/^(?:[A-Z][a-z]+)+$/.test(alert))
        .map(({ alert }) => ({ file, panel: alert, message: `is not CamelCase of ${NAME_MAX} letters at most` })),
      ...groups
        .filter(({ name, rules }) => name.length > NAME_MAX || rules.length > GROUP_MAX)
        .map(({ name, rules }) => ({ file, panel: name, message: `has a long name, or many rules: ${rules.length}` })),
    ],
  },
  {
    id: 'R06',
    severity: 'error',
    what: 'An alert has a severity somebody routes, and no label that changes with its value.',
    check: eachAlert(function* ({ labels }) {
      const severity = labels['severity'] ?? 'none';
      if (!SEVERITY.test(severity)) yield `has the severity ${severity}`;
      for (const [label, value] of Object.entries(labels)) {
        if (value.includes('{{')) yield `has the label ${label}=${value}`;
      }
    }),
  },
];

/** The windows an expression reads, through the names of recorded series too. */
function windowsOf({ selectors }: Expression): string[] {
  const all = selectors.map(({ metric, window }) => window ?? (metric.includes(':') ? windowIn(metric) : undefined));
  return [...new Set(all.filter((window) => window !== undefined))];
}

function windowIn(name: string): string | undefined {
  return /rate(\w+)$/.exec(name)?.[1];
}
