/** Dashboards as their files are, for tests that read or break them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DashboardFile, everyPanel, type Panel, type Target } from '../../dashboards/check/dashboard-json.ts';
import { FOLDER } from '../../dashboards/check/subject.ts';

export { asAsked } from '../../dashboards/check/asked.ts';
export { FOLDER as DASHBOARDS_FOLDER } from '../../dashboards/check/subject.ts';
export { type DashboardFile, everyPanel, everyTarget } from '../../dashboards/check/dashboard-json.ts';

/** Something a test may change. */
export type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

/** A committed dashboard, read afresh. */
export function readDashboard(file: string): Mutable<DashboardFile> {
  return JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Mutable<DashboardFile>;
}

/** The panel of this title. */
export function panelOf(dashboard: DashboardFile, title: string): Mutable<Panel> {
  const found = everyPanel(dashboard).find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`${dashboard.uid} has no panel "${title}"`);
  return found as Mutable<Panel>;
}

/** One of its targets, the first by default. */
export function targetOf(dashboard: DashboardFile, title: string, index = 0): Mutable<Target> {
  const found = panelOf(dashboard, title).targets?.[index];
  if (found === undefined) throw new Error(`"${title}" has no target ${index}`);
  return found;
}
