/** Rules: what a check is, and what it is given. */
import type { AlertRule, RecordingRule } from '../../src/cli/rules/index.ts';
import type { DashboardFile, Panel, Target } from './dashboard-json.ts';
import type { Expression } from './promql/expression.ts';

/** A query: a panel's target or an annotation, taken apart. */
export interface Query {
  /** The panel's title, or the annotation's. */
  readonly where: string;
  readonly expr: string;
  readonly expression: Expression;
  /** Absent for an annotation. */
  readonly of?: { readonly panel: Panel; readonly target: Target };
}

/** A dashboard as it was read, with its queries taken apart. */
export interface Dashboard {
  /** Name of its file. */
  readonly file: string;
  readonly text: string;
  readonly json: DashboardFile;
  /** Without the rows. */
  readonly panels: readonly Panel[];
  readonly queries: readonly Query[];
}

/** Everything that is checked, and what it is checked against. */
export interface Subject {
  readonly dashboards: readonly Dashboard[];
  /** What the generator makes now, by file name. */
  readonly generated: ReadonlyMap<string, string>;
  readonly alerts: readonly AlertRule[];
  readonly records: readonly RecordingRule[];
  /** What Prometheus has against expressions: one complaint for each; `undefined` when it is not there to be asked. */
  readonly judge: ((expressions: readonly string[]) => readonly (string | undefined)[]) | undefined;
}

/** Something that is wrong. */
export interface Fault {
  /** Name of the file. */
  readonly file: string;
  /** The title of a panel, the name of a variable. */
  readonly panel?: string;
  readonly message: string;
}

/** One rule. */
export interface Rule {
  /** As in the design's list: `D07`. */
  readonly id: string;
  /** An error fails the check, a warning is only told. */
  readonly severity: 'error' | 'warning';
  /** What must be. */
  readonly what: string;
  readonly check: (subject: Subject) => Iterable<Fault>;
}

/** A complaint about one dashboard: what about, and what. */
export type Complaint = readonly [where: string, message: string];

/** A rule about each dashboard on its own. */
export function each(check: (dashboard: Dashboard, subject: Subject) => Iterable<Complaint>): Rule['check'] {
  return (subject) =>
    subject.dashboards.flatMap((dashboard) =>
      Array.from(check(dashboard, subject), ([panel, message]) => ({ file: dashboard.file, panel, message })),
    );
}

/** A rule about each panel that is no row. */
export function eachPanel(check: (panel: Panel, dashboard: Dashboard) => Iterable<string>): Rule['check'] {
  return each((dashboard) =>
    dashboard.panels.flatMap((panel) =>
      Array.from(check(panel, dashboard), (message): Complaint => [panel.title, message]),
    ),
  );
}

/** A rule about each query. */
export function eachQuery(check: (query: Query, dashboard: Dashboard) => Iterable<string>): Rule['check'] {
  return each((dashboard) =>
    dashboard.queries.flatMap((query) =>
      Array.from(check(query, dashboard), (message): Complaint => [query.where, message]),
    ),
  );
}
