/** Tools to break a dashboard. Each changes something, or throws: a change that changes nothing would prove nothing. */
import type { DashboardFile, Variable } from '../../dashboards/check/dashboard-json.ts';
import { type Mutable, panelOf, targetOf } from './dashboard-file.ts';

/** A dashboard that may be broken. */
type Broken = Mutable<DashboardFile>;

/** How one dashboard is broken, and which rule forbids it. */
export interface Break {
  readonly rule: string;
  readonly how: string;
  /** Uid; default the overview. */
  readonly of?: 'flow' | 'scope' | 'slo';
  readonly break: (dashboard: Broken) => void;
  /** Whether only promtool sees it. */
  readonly promtool?: true;
}

/** The variable of this name. */
export function variable(dashboard: Broken, name: string): Mutable<Variable> {
  const found = dashboard.templating.list.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no variable ${name}`);
  return found;
}

/** Changes the query that fills a variable. */
export function fill(dashboard: Broken, name: string, change: (query: string) => string): void {
  const found = variable(dashboard, name);
  if (typeof found.query !== 'object') throw new Error(`${name} is filled by no query`);
  found.query.query = changed(found.query.query, change);
}

/** Changes the first query of a panel. */
export function edit(dashboard: Broken, title: string, change: (expr: string) => string): void {
  const target = targetOf(dashboard, title);
  target.expr = changed(target.expr, change);
}

/** Changes the links of a panel to other dashboards. */
export function relink(dashboard: Broken, change: (url: string) => string): void {
  const panel = panelOf(dashboard, 'Active by scope');
  panel.fieldConfig = JSON.parse(changed(JSON.stringify(panel.fieldConfig), change)) as typeof panel.fieldConfig & {};
}

/** What the fields of a panel have in common. */
export function defaults(
  dashboard: Broken,
  title: string,
): Mutable<NonNullable<Broken['panels'][number]['fieldConfig']>['defaults']> {
  const { fieldConfig } = panelOf(dashboard, title);
  if (fieldConfig === undefined) throw new Error(`"${title}" has no fields`);
  return fieldConfig.defaults;
}

/** Takes every rate over another window. */
export function window(other: string): (expr: string) => string {
  return (expr) => expr.replaceAll(/\[[^\]]*\]/g, () => `[${other}]`);
}

/** Leaves out a part wherever it is. */
export function without(part: string): (expr: string) => string {
  return (expr) => expr.replaceAll(part, '');
}

function changed(text: string, change: (text: string) => string): string {
  const after = change(text);
  if (after === text) throw new Error(`nothing to break in ${text}`);
  return after;
}
