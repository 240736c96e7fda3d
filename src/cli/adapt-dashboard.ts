/**
 * Dashboards for somebody's Grafana: which data source they open with, and the tags they are found by.
 *
 * AD1. The data source stays a variable: a reader can choose another.
 * AD2. Own tags come after those of the package, which link the dashboards to each other.
 */

/** What to change. */
export interface Adaptation {
  /** The uid of a data source. */
  readonly datasource: string | undefined;
  readonly tags: readonly string[];
}

interface Dashboard {
  tags?: string[];
  readonly templating: { readonly list: { readonly name: string; current?: object }[] };
}

/** A dashboard's text, changed; byte for byte the same if there is nothing to change. */
export function adaptDashboard(text: string, { datasource, tags }: Adaptation): string {
  if (datasource === undefined && tags.length === 0) return text;
  const dashboard = JSON.parse(text) as Dashboard;
  dashboard.tags = [...new Set([...(dashboard.tags ?? []), ...tags])]; // AD2
  const variable = dashboard.templating.list.find(({ name }) => name === 'datasource');
  if (datasource !== undefined && variable !== undefined) variable.current = { text: datasource, value: datasource }; // AD1
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}
