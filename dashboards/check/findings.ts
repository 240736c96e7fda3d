/** What the rules find. */
import type { Fault, Rule, Subject } from './rule.ts';
import { RULES } from './rules/index.ts';

/** A fault, and the rule it breaks. */
export interface Finding extends Fault {
  readonly rule: Rule;
}

/** Everything that is wrong, rule by rule. */
export function findingsIn(subject: Subject): Finding[] {
  return RULES.flatMap((rule) => Array.from(rule.check(subject), (fault) => ({ ...fault, rule })));
}

/** A finding as a line: `file: panel: rule: message`. */
export function lineOf({ file, panel, rule, message }: Finding): string {
  const where = [file, panel].filter((part) => part !== undefined && part !== '').join(': ');
  return `${where}: ${rule.id}: ${message}${rule.severity === 'warning' ? ' (warning)' : ''}`;
}
