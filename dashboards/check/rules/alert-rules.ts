/** Rules about alerts and what they lead to. */
import type { AlertRule } from '../../../src/cli/rules/index.ts';
import { alertsIn, recordsIn } from '../alerting/groups.ts';
import { expressionOf } from '../promql/expression.ts';
import type { Rule, Subject } from '../rule.ts';
import { faultOfLink } from './variable-rules.ts';

/** What is not of this library is shown elsewhere. */
const FOREIGN = new Set(['up']);

export const ALERT_RULES: readonly Rule[] = [
  {
    id: 'D30',
    severity: 'warning',
    what: 'What an alert is about can be seen in some panel, and it leads to a dashboard.',
    check: (subject) =>
      alertsIn(subject.alerting.groups).flatMap((alert) =>
        faultsOf(alert, subject).map((fault) => ({ file: subject.alerting.file, panel: alert.alert, message: fault })),
      ),
  },
];

function faultsOf(alert: AlertRule, subject: Subject): string[] {
  const shown = new Set(
    subject.dashboards.flatMap(({ queries }) =>
      queries.flatMap(({ expression }) => expression.selectors.map(({ metric }) => familyOf(metric))),
    ),
  );
  const hidden = [...rawMetricsIn(alert.expr, subject)].filter((metric) => !shown.has(familyOf(metric)));
  const url = alert.annotations['dashboard_url'];
  const dead = url === undefined ? 'has no dashboard_url' : faultOfLink(url, subject.dashboards);
  return [...hidden.map((metric) => `is about ${metric}, which no panel shows`), ...(dead === undefined ? [] : [dead])];
}

/** The metrics an expression is about, through recorded ones. */
function rawMetricsIn(expr: string, subject: Subject): Set<string> {
  const found = expressionOf(expr).selectors.map(({ metric }) => metric);
  return new Set(
    found.flatMap((metric) => {
      const rule = recordsIn(subject.alerting.groups).find(({ record }) => record === metric);
      if (rule !== undefined) return [...rawMetricsIn(rule.expr, subject)];
      return FOREIGN.has(metric) ? [] : [metric];
    }),
  );
}

function familyOf(metric: string): string {
  return metric.replace(/_(bucket|count|sum)$/, '');
}
