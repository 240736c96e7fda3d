/** Rules: what a check is, and what it is given. */
import type { RuleGroup } from '../../src/cli/rules/index.ts';
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

/** Prometheus' rules as they were read, and what stands around them. */
export interface AlertingFiles {
  /** Name of the rules' file. */
  readonly file: string;
  readonly text: string;
  readonly groups: readonly RuleGroup[];
  /** Whose services they are for, as PromQL matchers; empty for all. */
  readonly selector: string;
  /** Names of the runbooks' files. */
  readonly runbooks: ReadonlySet<string>;
  /** promtool's cases: the texts of their files. */
  readonly cases: readonly string[];
  /** The text of what Alertmanager is to keep quiet. */
  readonly inhibition: string;
}

/** Prometheus' own tool. */
export interface Promtool {
  /** What it has against expressions: one complaint for each. */
  readonly judge: (expressions: readonly string[]) => readonly (string | undefined)[];
  /** What it has against the text of a file of rules. */
  readonly lint: (rules: string) => string | undefined;
}

/** Everything that is checked, and what it is checked against. */
export interface Subject {
  readonly dashboards: readonly Dashboard[];
  readonly alerting: AlertingFiles;
  /** What the generator makes now, by file name. */
  readonly generated: ReadonlyMap<string, string>;
  /** `undefined` when it is not there to be asked. */
  readonly promtool: Promtool | undefined;
}

/** Something that is wrong. */
export interface Fault {
  /** Name of the file. */
  readonly file: string;
  /** The title of a panel, or the name of a variable, an alert, a recorded series or a group of them. */
  readonly panel?: string;
  readonly message: string;
}

/** One rule. */
export interface Rule {
  /** As in the design's list: `D07`, `R03`. */
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
