/** Prometheus rules: recorded rates and shares, and alerts on cancels that are slow, stuck, ignored or lost. */
import { alertRules } from './alert-rules.ts';
import { type RulesOptions, rulesSettings } from './options.ts';
import { recordingGroups, recordingRules } from './recording-rules.ts';
import type { RuleGroup } from './rule.ts';
import { toYaml } from './yaml.ts';

export type { RulesOptions } from './options.ts';
export type { AlertRule, RecordingRule, RuleGroup } from './rule.ts';
export * from './thresholds.ts';

/**
 * The groups of rules.
 *
 * @throws {InvalidArgumentError} an option is none; its `argument` says which.
 */
export function ruleGroups(options: RulesOptions = {}): RuleGroup[] {
  const settings = rulesSettings(options);
  const recorded = recordingRules(settings);
  return [...recordingGroups(recorded), { name: 'cancelscope-alerts', rules: alertRules(settings, recorded) }];
}

/**
 * The text of a rule file for Prometheus 2.42 and later.
 *
 * @throws {InvalidArgumentError} an option is none; its `argument` says which.
 *
 * @example
 * writeFileSync('cancelscope.rules.yaml', rulesFile({ slow: '250ms', selector: 'job="api"' }));
 */
export function rulesFile(options: RulesOptions = {}): string {
  const { slow, objective, selector } = rulesSettings(options);
  return toYaml(ruleGroups(options), [
    'Rules for the metrics of cancelscope, for Prometheus 2.42 and later. Generated: change it with `npx cancelscope rules`.',
    `Slow is over ${slow.text}; objective ${objective}; services: ${selector === '' ? 'all' : selector}.`,
  ]);
}
