/** What is checked: the committed files, and what they must agree with. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type RuleGroup, rulesFile } from '../../src/cli/rules/index.ts';
import { allDashboards, toFileText } from '../source/index.ts';
import { type DashboardFile, everyPanel, everyTarget } from './dashboard-json.ts';
import { expressionOf } from './promql/expression.ts';
import { hasPromtool, judged, linted } from './promtool.ts';
import type { AlertingFiles, Dashboard, Query, Subject } from './rule.ts';

/** Where the committed files are. */
export const FOLDER = join(import.meta.dirname, '..');

const RULES_FILE = 'cancelscope.rules.yaml';

/** The dashboards, rules and runbooks in a folder, by default the committed ones. */
export function committed(folder = FOLDER): Subject {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const generated = [...allDashboards()].map(([file, dashboard]): [string, string] => [file, toFileText(dashboard)]);
  return {
    dashboards: files.map((file) => dashboardOf(file, readFileSync(join(folder, file), 'utf8'))),
    alerting: alertingIn(folder),
    generated: new Map([...generated, [RULES_FILE, rulesFile()]]),
    promtool: hasPromtool() ? { judge: judged, lint: linted } : undefined,
  };
}

function alertingIn(folder: string): AlertingFiles {
  const text = readFileSync(join(folder, RULES_FILE), 'utf8');
  const cases = join(folder, 'rules/tests');
  return {
    file: RULES_FILE,
    text,
    groups: (parse(text) as { groups: RuleGroup[] }).groups,
    selector: '',
    runbooks: new Set(readdirSync(join(folder, 'runbooks'))),
    cases: readdirSync(cases).map((name) => readFileSync(join(cases, name), 'utf8')),
    inhibition: readFileSync(join(folder, 'alertmanager-inhibit.yaml'), 'utf8'),
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
