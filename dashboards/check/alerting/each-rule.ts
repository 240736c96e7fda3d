/** Checks of Prometheus' rules, one by one. */
import type { AlertRule, RecordingRule } from '../../../src/cli/rules/index.ts';
import type { Expression } from '../promql/expression.ts';
import type { AlertingFiles, Rule } from '../rule.ts';
import { labelsFor, nameOf, ruleExpression } from './groups.ts';

type Check<R> = (rule: R, expression: Expression, files: AlertingFiles) => Iterable<string>;

/** A check of each recording rule and each alert. */
export function eachRule(check: Check<RecordingRule | AlertRule>): Rule['check'] {
  return ({ alerting }) => {
    const labelsOf = labelsFor(alerting.groups);
    return alerting.groups.flatMap(({ rules }) =>
      rules.flatMap((rule) =>
        Array.from(check(rule, ruleExpression(rule.expr, labelsOf), alerting), (message) => ({
          file: alerting.file,
          panel: nameOf(rule),
          message,
        })),
      ),
    );
  };
}

/** A check of each alert. */
export function eachAlert(check: Check<AlertRule>): Rule['check'] {
  return eachRule((rule, ...rest) => ('alert' in rule ? check(rule, ...rest) : []));
}

/** A check of each recording rule. */
export function eachRecord(check: Check<RecordingRule>): Rule['check'] {
  return eachRule((rule, ...rest) => ('record' in rule ? check(rule, ...rest) : []));
}
