/** What can be wrong with the rules themselves, by the number of the check; a check that finds nothing gives an empty list. */
import { METRICS, type MetricDefinition } from '../../src/instrumentation/index.ts';
import { type AlertRule, BURN_RATES, type RecordingRule, type RuleGroup } from '../../src/cli/rules/index.ts';
import { Expression, type LabelsOfRecorded } from './rules-expression.ts';

/** The name of a check, and what it finds. */
export type RuleCheck = (groups: readonly RuleGroup[]) => string[];

export function recordingIn(groups: readonly RuleGroup[]): RecordingRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule));
}

export function alertsIn(groups: readonly RuleGroup[]): AlertRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
}

/** The labels of every recorded series, each from those above it. */
export function recordedLabels(groups: readonly RuleGroup[]): LabelsOfRecorded {
  const found = new Map<string, readonly string[]>();
  for (const { record, expr } of recordingIn(groups)) found.set(record, new Expression(expr).labels(found));
  return found;
}

const parts = (metric: MetricDefinition): string[] =>
  metric.type === 'histogram' ? ['', '_bucket', '_count', '_sum'] : [''];
const STEMS = new Set(
  Object.values<MetricDefinition>(METRICS).flatMap((metric) =>
    parts(metric).map((part) => metric.prometheusName.replace(/_total$/, '') + part),
  ),
);

/** R02: a record is level:metric:operations, and says the truth of each. */
export const recordNames: RuleCheck = (groups) => {
  const labels = recordedLabels(groups);
  return recordingIn(groups).flatMap(({ record, expr }) => {
    const [level = '', metric = '', operation = '', ...more] = record.split(':');
    const yielded = labels.get(record) ?? [];
    const read = new Expression(expr);
    const windows = new Set([
      ...read.windows,
      ...read.selectors.flatMap(({ name }) => (name.includes(':') ? (/rate(\w+)$/.exec(name)?.[1] ?? '') : [])),
    ]);
    return [
      ...(more.length > 0 || operation === '' ? [`${record}: not level:metric:operations`] : []),
      ...(STEMS.has(metric) ? [] : [`${record}: ${metric} is no metric`]),
      ...(level === yielded.join('_') ? [] : [`${record}: its labels are ${yielded.join(', ')}`]),
      ...([...windows].join() === /rate(\w+)$/.exec(operation)?.[1] ? [] : [`${record}: reads ${[...windows].join()}`]),
    ];
  });
};

/** R03: groups are evaluated often enough, and a recorded series comes before what reads it, in one group. */
export const groupOrder: RuleCheck = (groups) =>
  groups.flatMap(({ name, interval, rules }) => {
    const above = new Set<string>();
    const recording = rules.filter((rule) => 'record' in rule);
    return [
      ...(interval === undefined || /^([1-5]m|\d{1,3}s)$/.test(interval) ? [] : [`${name}: every ${interval}`]),
      ...recording.flatMap(({ record, expr }) => {
        const early = new Expression(expr).selectors.filter((read) => read.name.includes(':') && !above.has(read.name));
        above.add(record);
        return early.map((read) => `${record}: reads ${read.name} of another group, or before it is recorded`);
      }),
    ];
  });

/** R04: no record twice, no alert twice with the same labels. */
export const duplicates: RuleCheck = (groups) => {
  const keys = [
    ...recordingIn(groups).map(({ record }) => record),
    ...alertsIn(groups).map(({ alert, labels }) => `${alert}${JSON.stringify(labels)}`),
  ];
  return keys.filter((key, index) => keys.indexOf(key) !== index);
};

/** R05: names of alerts and groups, and how many rules a group has. */
export const names: RuleCheck = (groups) => [
  ...alertsIn(groups).flatMap(({ alert }) => (/^(?:[A-Z][a-z]+)+$/.test(alert) && alert.length <= 40 ? [] : [alert])),
  ...groups.flatMap(({ name, rules }) => (name.length <= 40 && rules.length <= 20 ? [] : [name])),
];

/** R06: a severity, and no label that changes with the value. */
export const labels: RuleCheck = (groups) =>
  alertsIn(groups).flatMap(({ alert, labels }) => [
    ...(/^(critical|warning|info)$/.test(labels['severity'] ?? '') ? [] : [`${alert}: severity ${labels['severity']}`]),
    ...Object.values(labels).flatMap((value) => (value.includes('{{') ? [`${alert}: ${value}`] : [])),
  ]);

/** R08: templates name labels the expression has, and print numbers for people. */
export const templates: RuleCheck = (groups) => {
  const recorded = recordedLabels(groups);
  return alertsIn(groups).flatMap(({ alert, expr, annotations }) => {
    const yielded = new Expression(expr).labels(recorded);
    return Object.values(annotations).flatMap((text) => [
      ...[...text.matchAll(/\$labels\.(\w+)/g)].flatMap(([, label = '']) =>
        yielded.includes(label) ? [] : [`${alert}: no label ${label}`],
      ),
      ...[...text.matchAll(/\{\{[^}]*\$value([^}]*)\}\}/g)].flatMap(([, filter = '']) => {
        const unit = /ratio/.test(expr) ? 'humanizePercentage' : /seconds/.test(expr) ? 'humanizeDuration' : 'humanize';
        return filter.trim() === `| ${unit}` ? [] : [`${alert}: $value ${filter}, not ${unit}`];
      }),
    ]);
  });
};

/** R09: what every condition needs, and what none may have. */
export const conditions: RuleCheck = (groups) =>
  groups.flatMap(({ rules }) =>
    rules.flatMap((rule) => {
      const read = new Expression(rule.expr);
      const { operations } = read;
      const name = 'record' in rule ? rule.record : rule.alert;
      const faults = read.selectors.flatMap(({ name: series, within }) => [
        ...(['rate', 'increase'].some((f) => within.indexOf(f) > within.indexOf('sum') && within.includes('sum'))
          ? [`sum inside rate of ${series}`]
          : []),
        ...(/_(total|bucket|count|sum)$/.test(series) && !/rate|increase|absent|unless/.test(within.join())
          ? [`${series} raw`]
          : []),
      ]);
      if (operations.includes('topk')) faults.push('topk');
      if (!read.isValid) faults.push('does not parse');
      for (const below of read.denominators) if (!below.endsWith('> 0)')) faults.push(`divides by ${below}`);
      if ('alert' in rule) {
        if (!operations.some((operation) => /^(?:[<>]=?|[!=]=|absent)$/.test(operation))) faults.push('no condition');
        if (operations.some((operation) => operation.endsWith('_over_time')) && rule.for !== undefined)
          faults.push('for with _over_time');
        if (operations.includes('absent') && !/^\d+[mh]$/.test(rule.for ?? '')) faults.push('absent at once');
        const isShare = /_ratio_rate|quantile|:p\d+_rate/.test(rule.expr);
        if (isShare && !/\* (?:\S+) \* \d+ > \d+$/.test(rule.expr)) faults.push('a share of how few');
      }
      return faults.map((fault) => `${name}: ${fault}`);
    }),
  );

/** R10: burn rates are the ones of the table, over windows that are recorded. */
export const burnRates: RuleCheck = (groups) => {
  const recorded = recordedLabels(groups);
  const alerts = alertsIn(groups).filter(({ alert }) => alert.endsWith('BudgetBurn'));
  const found = alerts.map(({ expr, for: wait, labels }) => {
    const read = [...expr.matchAll(/_ratio_rate(\w+)(?:\{.*\})? > ([\d.]+) \* [\d.]+$/gm)];
    const unknown = new Expression(expr).selectors.filter(({ name }) => !recorded.has(name)).map(({ name }) => name);
    return [...read.map(([, window, factor]) => `${window}x${factor}`), labels['severity'], wait, ...unknown].join(' ');
  });
  const wanted = BURN_RATES.map((rate) =>
    [`${rate.long}x${rate.factor}`, `${rate.short}x${rate.factor}`, rate.severity, rate.wait].join(' '),
  );
  return [...wanted.filter((rate) => !found.includes(rate)), ...found.filter((rate) => !wanted.includes(rate))];
};

/** R11: a bucket is named by a boundary it has, and by no whole number. */
export const bucketLiterals: RuleCheck = (groups) =>
  groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) =>
      new Expression(expr).selectors.flatMap(({ name, matchers }) => {
        const metric = Object.values<MetricDefinition>(METRICS).find(({ prometheusName }) =>
          name.includes(prometheusName),
        );
        return matchers.flatMap(({ label, value }) => {
          if (label !== 'le' || value === '+Inf') return [];
          const known = metric?.buckets?.some((boundary) => String(boundary) === value) === true;
          return known && !Number.isInteger(Number(value)) ? [] : [`${name}{le="${value}"}`];
        });
      }),
    ),
  );

/** R14: whose services a rule is about is up to who loads it: with a selector it is everywhere, without one nowhere. */
export const selection: (selector: string) => RuleCheck = (selector) => (groups) =>
  groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) =>
      new Expression(expr).selectors.flatMap(({ name, matchers }) => {
        const given = matchers.filter(({ label }) => !['le', 'reason', 'outcome', 'result'].includes(label));
        const written = given.map(({ label, operator, value }) => `${label}${operator}"${value}"`).join(',');
        return written === selector ? [] : [`${name}{${written}}`];
      }),
    ),
  );
