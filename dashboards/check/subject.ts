/** What is checked: the committed files, and what they must agree with. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AlertRule, type RecordingRule, ruleGroups } from '../../src/cli/rules/index.ts';
import { allDashboards, toFileText } from '../source/index.ts';
import { type DashboardFile, everyPanel, everyTarget } from './dashboard-json.ts';
import { expressionOf } from './promql/expression.ts';
import { hasPromtool, judged } from './promtool.ts';
import type { Dashboard, Query, Subject } from './rule.ts';

/** Where the committed files are. */
export const FOLDER = join(import.meta.dirname, '..');

/** The dashboards in a folder, by default the committed ones. */
export function committed(folder = FOLDER): Subject {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const rules = ruleGroups().flatMap((group) => group.rules);
  return {
    dashboards: files.map((file) => dashboardOf(file, readFileSync(join(folder, file), 'utf8'))),
    generated: new Map([...allDashboards()].map(([file, dashboard]) => [file, toFileText(dashboard)])),
    alerts: rules.filter((rule): rule is AlertRule => 'alert' in rule),
    records: rules.filter((rule): rule is RecordingRule => 'record' in rule),
    judge: hasPromtool() ? judged : undefined,
  };
}

/** A dashboard from the text of its file. */
export function dashboardOf(file: string, text: string): Dashboard {
  const json = JSON.parse(text) as DashboardFile;
  return {
    file,
    text,
    json,
    panels: everyPanel(json).filter(({ type }) => type !== 'row'),
    queries: queriesOf(json),
  };
}

function queriesOf(json: DashboardFile): Query[] {
  const values = new Map(json.templating.list.map(({ name, current }) => [name, String(current?.value ?? '')]));
  return [
    ...everyTarget(json).map((of) => ({
      where: of.panel.title,
      expr: of.target.expr,
      expression: expressionOf(of.target.expr, values),
      of,
    })),
    ...(json.annotations?.list ?? []).map(({ name, expr }) => ({
      where: `annotation ${name}`,
      expr,
      expression: expressionOf(expr, values),
    })),
  ];
}
