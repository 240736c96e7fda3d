/** Every dashboard there is. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { overview } from './overview.ts';

/** The dashboards, by the name of their file, which is their uid. */
export function allDashboards(): ReadonlyMap<string, Dashboard> {
  return new Map([overview()].map((dashboard) => [`${String(dashboard.uid)}.json`, dashboard]));
}

/** A dashboard as the text of its file. */
export function toFileText(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
