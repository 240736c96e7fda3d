/** Every dashboard there is. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { flow } from './flow.ts';
import { overview } from './overview.ts';
import { scopeDetail } from './scope-detail.ts';
import { slo } from './slo.ts';

/** The dashboards, by the name of their file, which is their uid. */
export function allDashboards(): ReadonlyMap<string, Dashboard> {
  const dashboards = [overview(), flow(), scopeDetail(), slo()];
  return new Map(dashboards.map((dashboard) => [`${String(dashboard.uid)}.json`, dashboard]));
}

/** A dashboard as the text of its file. */
export function toFileText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
