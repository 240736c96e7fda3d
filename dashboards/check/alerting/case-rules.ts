/** Rules about what stands beside the rules: promtool's cases, and what Alertmanager keeps quiet. */
import { parse } from 'yaml';
import type { Fault, Rule } from '../rule.ts';
import { alertsIn, recordsIn } from './groups.ts';

/** Cases there must be besides those of each rule, and what their names say. */
const SPECIAL = { 'no data': /no data/, 'zero traffic': /stand still/, 'a counter reset': /reset/ };

/** promtool's file of tests, as far as it is read. */
interface CaseFile {
  readonly tests: readonly {
    readonly name?: string;
    readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts?: readonly unknown[] }[];
    readonly promql_expr_test?: readonly { readonly expr: string; readonly exp_samples?: readonly unknown[] }[];
  }[];
}

/** What silences what, in Alertmanager. */
interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

export const CASE_RULES: readonly Rule[] = [
  {
    id: 'R12',
    severity: 'error',
    what: 'Every alert fires in a case and is silent in another, every record has a value, and there are the special cases.',
    check: ({ alerting: { file, groups, cases } }) => {
      const tests = cases.flatMap((text) => (parse(text) as CaseFile).tests);
      const alerting = tests.flatMap((test) => test.alert_rule_test ?? []);
      const valued = tests.flatMap((test) => test.promql_expr_test ?? []).filter((one) => one.exp_samples?.length);
      const complaint = (panel: string, message: string): Fault => ({ file, panel, message });
      return [
        ...[...new Set(alertsIn(groups).map(({ alert }) => alert))].flatMap((alert) => {
          const own = alerting.filter(({ alertname }) => alertname === alert).map((one) => one.exp_alerts?.length ?? 0);
          return [
            ...(own.some((count) => count > 0) ? [] : [complaint(alert, 'fires in no case')]),
            ...(own.includes(0) ? [] : [complaint(alert, 'is silent in no case')]),
          ];
        }),
        ...recordsIn(groups)
          .filter(({ record }) => !valued.some(({ expr }) => expr === record))
          .map(({ record }) => complaint(record, 'has a value in no case')),
        ...Object.entries(SPECIAL)
          .filter(([, title]) => !tests.some(({ name = '' }) => title.test(name)))
          .map(([what]) => ({ file, message: `there is no case for ${what}` })),
      ];
    },
  },
  {
    id: 'R13',
    severity: 'warning',
    what: 'Where an alert has two severities, Alertmanager lets the higher silence the lower.',
    check: ({ alerting: { file, groups, inhibition } }) => {
      const { inhibit_rules: rules } = parse(inhibition) as { inhibit_rules: Inhibition[] };
      const severities = new Map<string, Set<string | undefined>>();
      for (const { alert, labels } of alertsIn(groups)) {
        severities.set(alert, (severities.get(alert) ?? new Set()).add(labels['severity']));
      }
      return [...severities]
        .filter(([alert, { size }]) => size > 1 && !rules.some((rule) => silences(rule, alert)))
        .map(([panel]) => ({ file, panel, message: 'warns beside its own page' }));
    },
  },
];

function silences({ source_matchers: source, target_matchers: target, equal }: Inhibition, alert: string): boolean {
  const name = `alertname = ${alert}`;
  return (
    [source, target].every((matchers) => matchers.includes(name)) &&
    source.includes('severity = critical') &&
    target.includes('severity = warning') &&
    equal.includes('job')
  );
}
