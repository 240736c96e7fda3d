/** Recording rules and alerts, out of their groups, with the labels they read and give. */
import type { AlertRule, RecordingRule, RuleGroup } from '../../../src/cli/rules/index.ts';
import { OF_SCRAPING } from '../catalogue.ts';
import { type Expression, expressionOf } from '../promql/expression.ts';
import { catalogued, type LabelsOf } from '../promql/yields.ts';

/** What Prometheus says of every target. */
const OF_PROMETHEUS: ReadonlyMap<string, readonly string[]> = new Map([['up', OF_SCRAPING]]);

/** The recording rules, in the order they are evaluated. */
export function recordsIn(groups: readonly RuleGroup[]): RecordingRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => 'record' in rule));
}

/** The alerts. */
export function alertsIn(groups: readonly RuleGroup[]): AlertRule[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule));
}

/** What a rule is called. */
export function nameOf(rule: RecordingRule | AlertRule): string {
  return 'record' in rule ? rule.record : rule.alert;
}

/** The labels of every series these rules can read: scraped ones, and those they record, each from those above it. */
export function labelsFor(groups: readonly RuleGroup[]): LabelsOf {
  const recorded = new Map<string, readonly string[]>();
  const labelsOf: LabelsOf = (name) => recorded.get(name) ?? OF_PROMETHEUS.get(name) ?? catalogued(name);
  for (const { record, expr } of recordsIn(groups)) {
    recorded.set(record, expressionOf(expr, new Map(), labelsOf).yields ?? []);
  }
  return labelsOf;
}

/** An expression of a rule: without macros, in a world of these labels. */
export function ruleExpression(expr: string, labelsOf?: LabelsOf): Expression {
  return expressionOf(expr, new Map(), labelsOf);
}
