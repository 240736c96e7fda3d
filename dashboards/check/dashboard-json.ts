/** Dashboards as their files are: the parts of Grafana's classic JSON the checks read. */

/** Which data source something asks. */
export interface Source {
  readonly type: string;
  readonly uid: string;
}

/** One query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: Source;
  readonly format?: string;
  readonly range?: boolean;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
}

/** What the fields of a panel have in common. */
export interface FieldDefaults {
  readonly unit?: string;
  readonly thresholds?: { readonly steps: { readonly value: number | null; readonly color: string }[] };
  readonly mappings?: readonly unknown[];
}

/** What some of its fields have instead. */
export interface Override {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

/** A step between the answers to its queries and what a panel draws. */
export interface Transformation {
  readonly id: string;
  readonly options: unknown;
}

/** A panel, or a row of panels. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly collapsed?: boolean;
  /** The least there may be from one value to the next: `5m`. */
  readonly interval?: string;
  readonly datasource?: Source;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly fieldConfig?: { readonly defaults: FieldDefaults; readonly overrides?: readonly Override[] };
  readonly transformations?: readonly Transformation[];
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
}

/** What a reader chooses above the panels. */
export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label: string;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly datasource?: Source;
  readonly query: string | { readonly query: string };
  readonly current?: { readonly value: string | readonly string[] };
}

/** What is marked on every graph. */
export interface Annotation {
  readonly name: string;
  readonly datasource: Source;
  readonly expr: string;
}

/** A dashboard. */
export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly editable: boolean;
  readonly refresh: string;
  /** What is shown at first: `now-1h` until `now`. */
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations?: { readonly list?: readonly Annotation[] };
  readonly links: readonly {
    readonly type: string;
    readonly tags: readonly string[];
    readonly includeVars: boolean;
    readonly keepTime: boolean;
  }[];
}

/** Rows and panels, the folded ones included. */
export function everyPanel(dashboard: DashboardFile): Panel[] {
  return dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** Every panel that shows something, with its targets. */
export function everyTarget(dashboard: DashboardFile): { panel: Panel; target: Target }[] {
  return everyPanel(dashboard).flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, target })));
}

/** The query that fills a variable, or its list of values. */
export function queryOf({ query }: Variable): string {
  return typeof query === 'string' ? query : query.query;
}
