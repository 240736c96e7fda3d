/** Links: from a series or a row to the dashboard of its scope, with the same services and the same time. */

/** Where a link points. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
}

/** The dashboards, by what they show: uids, which links and alerts name. */
export const UIDS = {
  overview: 'cancelscope-overview',
  flow: 'cancelscope-flow',
  scope: 'cancelscope-scope',
  slo: 'cancelscope-slo',
} as const;

const CHOSEN = ['datasource', 'job', 'instance', 'source_thread'].map((name) => `\${${name}:queryparam}`).join('&');

/** To the scope a series is of, which one of its labels names. */
export function toScopeOfSeries(label: string): DataLink {
  return toScope(`__field.labels.${label}`, 'Scope detail');
}

/** To the scope a row names in one of its columns. */
export function toScopeOfRow(column: string, title = 'Scope detail'): DataLink {
  return toScope(`__data.fields.${column}`, title);
}

/** To the scope a cell names. */
export function toScopeOfCell(): DataLink {
  return toScope('__value.text', 'Scope detail');
}

function toScope(name: string, title: string): DataLink {
  // A scope's name may have slashes and braces.
  return { title, url: `/d/${UIDS.scope}?${CHOSEN}&var-scope=\${${name}:percentencode}&\${__url_time_range}` };
}
