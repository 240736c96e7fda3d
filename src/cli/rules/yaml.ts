/**
 * The rules as the text of their file.
 *
 * YA1. Every value is quoted or a block, whatever it says: YAML reads some plain words as something else.
 */
import type { AlertRule, RecordingRule, RuleGroup } from './rule.ts';

/** The text of a rule file. */
export function toYaml(groups: readonly RuleGroup[], comments: readonly string[]): string {
  const lines = [...comments.map((comment) => `# ${comment}`), 'groups:', ...groups.flatMap(groupLines)];
  return `${lines.join('\n')}\n`;
}

function groupLines({ name, interval, rules }: RuleGroup): string[] {
  const every = interval === undefined ? [] : [`    interval: ${interval}`];
  return [`  - name: ${name}`, ...every, '    rules:', ...rules.flatMap(ruleLines)];
}

function ruleLines(rule: RecordingRule | AlertRule): string[] {
  if ('record' in rule) return [`      - record: ${rule.record}`, ...block(rule.expr)];
  return [
    `      - alert: ${rule.alert}`,
    ...block(rule.expr),
    ...(rule.for === undefined ? [] : [`        for: ${rule.for}`]),
    ...mapping('labels', rule.labels),
    ...mapping('annotations', rule.annotations),
  ];
}

function block(expr: string): string[] {
  return ['        expr: |-', ...expr.split('\n').map((line) => `          ${line}`)]; // YA1
}

function mapping(key: string, values: Readonly<Record<string, string>>): string[] {
  return [`        ${key}:`, ...Object.entries(values).map(([name, value]) => `          ${name}: ${quoted(value)}`)];
}

/** In single quotes, where only they themselves mean anything (YA1); in double ones if that spares doubling them. */
function quoted(text: string): string {
  return text.includes("'") && !/["\\]/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "''")}'`;
}
