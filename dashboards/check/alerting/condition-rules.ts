/** Rules about expressions of records and alerts. */
import { type AlertRule, BURN_RATES } from '../../../src/cli/rules/index.ts';
import { METRICS, type MetricDefinition } from '../../../src/instrumentation/index.ts';
import { callsOf, divisorsIn, type Expression, isAboveZero, operationsIn } from '../promql/expression.ts';
import { all, childOf, type Node } from '../promql/parse.ts';
import { functionName } from '../promql/yields.ts';
import type { Rule } from '../rule.ts';
import { eachRule } from './each-rule.ts';
import { alertsIn, recordsIn, ruleExpression } from './groups.ts';

const RATES = ['rate', 'increase'];
const COMPARISON = /^(?:[<>]=?|[!=]=|absent)$/;
/** A share is only worth an alert with so many cases behind it. */
const TRAFFIC_GUARD = /\* (?:\S+) \* \d+ > \d+$/;
/** Labels a rule may choose by of its own accord. */
const OWN_CHOICE = new Set(['le', 'reason', 'outcome', 'result']);

export const CONDITION_RULES: readonly Rule[] = [
  {
    id: 'R09',
    severity: 'error',
    what: 'A condition compares, waits where something is absent, has cases behind it, and reads counters as rates.',
    check: eachRule(function* (rule, expression) {
      yield* faultsOfAny(expression);
      if ('alert' in rule) yield* faultsOfAlert(rule, operationsIn(expression.root));
    }),
  },
  {
    id: 'R10',
    severity: 'error',
    what: 'Burn rates are the ones of the table, over windows that are recorded.',
    check: ({ alerting: { file, groups } }) => {
      const recorded = new Set(recordsIn(groups).map(({ record }) => record));
      const burning = alertsIn(groups).filter(({ alert }) => alert.endsWith('BudgetBurn'));
      const found = burning.map((alert) => burnRateOf(alert, recorded));
      const wanted = BURN_RATES.map(({ long, short, factor, severity, wait }) =>
        [`${long}x${factor}`, `${short}x${factor}`, severity, wait].join(' '),
      );
      return [
        ...wanted.filter((rate) => !found.includes(rate)).map((rate) => ({ file, message: `no alert has ${rate}` })),
        ...burning.flatMap(({ alert }, index) => {
          const rate = found[index] ?? '';
          return wanted.includes(rate) ? [] : [{ file, panel: alert, message: `has ${rate}, which the table has not` }];
        }),
      ];
    },
  },
  {
    id: 'R11',
    severity: 'error',
    what: 'A bucket is named by a boundary it has, and by no whole number.',
    check: eachRule(function* (_, { selectors }) {
      for (const { metric, matchers } of selectors) {
        const { buckets = [] } = definitionOf(metric) ?? {};
        for (const { label, value } of matchers) {
          if (label !== 'le' || value === '+Inf') continue;
          const known = buckets.some((boundary) => String(boundary) === value);
          if (!known || Number.isInteger(Number(value))) yield `reads ${metric}{le="${value}"}`;
        }
      }
    }),
  },
  {
    id: 'R14',
    severity: 'warning',
    what: 'Whose services a rule is about is up to who loads it: their selector is everywhere, and nothing else.',
    check: eachRule(function* (_, { selectors }, { selector }) {
      for (const { metric, matchers } of selectors) {
        const given = matchers.filter(({ label }) => !OWN_CHOICE.has(label));
        const written = given.map(({ label, operator, value }) => `${label}${operator}"${value}"`).join(',');
        if (written !== selector) yield `reads ${metric}{${written}}`;
      }
    }),
  },
];

function* faultsOfAny({ root, faults }: Expression): Generator<string> {
  if (faults.length > 0) yield 'does not parse';
  for (const call of RATES.flatMap((name) => callsOf(root, name))) {
    if (all(call, ({ name }) => name === 'AggregateExpr').length > 0) yield `has a sum inside ${functionName(call)}`;
  }
  for (const metric of rawIn(root)) if (/_(total|bucket|count|sum)$/.test(metric)) yield `reads ${metric} raw`;
  for (const divisor of divisorsIn(root)) if (!isAboveZero(divisor)) yield `divides by ${divisor.text}`;
  if (operationsIn(root).includes('topk')) yield 'takes a topk, which changes its mind';
}

function* faultsOfAlert({ expr, for: wait }: AlertRule, operations: readonly string[]): Generator<string> {
  if (!operations.some((operation) => COMPARISON.test(operation))) yield 'has no condition';
  if (wait !== undefined && operations.some((operation) => operation.endsWith('_over_time')))
    yield 'looks back over time, and waits for a time';
  if (operations.includes('absent') && !/^\d+[mh]$/.test(wait ?? '')) yield 'notices an absence at once';
  if (/_ratio_rate|quantile|:p\d+_rate/.test(expr) && !TRAFFIC_GUARD.test(expr)) yield 'is about a share of how few';
}

/** Series that are read as they are: through no rate, and not to see whether they are there. */
function rawIn(node: Node): string[] {
  if (node.name === 'FunctionCall' && [...RATES, 'absent'].includes(functionName(node))) return [];
  if (node.name === 'BinaryExpr' && childOf(node, 'Unless') !== undefined) return [];
  if (node.name === 'VectorSelector') return [childOf(node, 'Identifier')?.text ?? ''];
  return node.children.flatMap(rawIn);
}

/** Windows and factors, severity, wait, and what it reads that is not recorded. */
function burnRateOf({ expr, labels, for: wait }: AlertRule, recorded: ReadonlySet<string>): string {
  const burns = [...expr.matchAll(/_ratio_rate(\w+)(?:\{.*\})? > ([\d.]+) \* [\d.]+$/gm)];
  const unknown = ruleExpression(expr).selectors.filter(({ metric }) => !recorded.has(metric));
  return [
    ...burns.map(([, window, factor]) => `${window}x${factor}`),
    labels['severity'],
    wait,
    ...unknown.map(({ metric }) => metric),
  ].join(' ');
}

function definitionOf(series: string): MetricDefinition | undefined {
  return Object.values<MetricDefinition>(METRICS).find(({ prometheusName }) => series.includes(prometheusName));
}
