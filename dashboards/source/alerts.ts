/** The alerts of cancelscope, as Prometheus tells of them. */
import { ruleGroups } from '../../src/cli/rules/index.ts';
import type { Query } from './query.ts';

/** The names of all alerts. */
export const ALERT_NAMES: readonly string[] = [
  ...new Set(ruleGroups().flatMap(({ rules }) => rules.flatMap((rule) => ('alert' in rule ? [rule.alert] : [])))),
];

/** How many alerts fire; 0 when none does, or nobody has loaded the rules. One that says nobody reports has no job. */
export function alertsFiring(): Query {
  const firing = `ALERTS{alertname=~"${ALERT_NAMES.join('|')}",alertstate="firing",job=~"$job|"}`;
  return { expr: `count(${firing}) or vector(0)`, legend: 'firing' };
}
