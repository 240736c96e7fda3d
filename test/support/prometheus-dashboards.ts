/** The dashboards' queries, asked of a real Prometheus. */
import { asAsked, type Chosen } from '../../dashboards/check/asked.ts';
import { type DashboardFile, everyTarget, queryOf } from '../../dashboards/check/dashboard-json.ts';
import { readDashboard } from '../contract/dashboard-file.ts';
import { type PrometheusServer, type QueryResult, SCRAPE_INTERVAL_MS } from './prometheus-server.ts';

/** How many are asked at once. */
const AT_ONCE = 4;
/** What is shown, in seconds, where Grafana asks over a range: a panel may have nothing to say at one instant. */
const SHOWN = 10;
/** As often as Prometheus scrapes, so that nothing it has seen falls between two values. */
const STEP = SCRAPE_INTERVAL_MS / 1_000;
/** Labels that say which scope a series is about, besides the one the variable is named for. */
const ENDS = ['source', 'target'];

/** A query of a panel. */
export interface PanelQuery {
  /** Dashboard, panel and letter. */
  readonly where: string;
  readonly dashboard: DashboardFile;
  readonly expr: string;
  readonly isInstant: boolean;
}

/** A series it found. */
type Found = Pick<QueryResult, 'metric'>;

export const DASHBOARDS = ['overview', 'flow', 'scope', 'slo'].map((name) => readDashboard(`cancelscope-${name}.json`));

/** Every query of every panel. */
export const PANEL_QUERIES: readonly PanelQuery[] = DASHBOARDS.flatMap((dashboard) =>
  everyTarget(dashboard).map(({ panel, target }) => ({
    where: `${dashboard.uid}: ${panel.title}: ${target.refId}`,
    dashboard,
    expr: target.expr,
    isInstant: target.instant === true,
  })),
);

/** What a query finds while this is chosen; rejects when Prometheus refuses it. */
export type Answers = ReadonlyMap<PanelQuery, readonly Found[]>;

/** Asks them all, as Grafana would: at an instant or over the time shown. */
export async function askAll(
  prometheus: PrometheusServer,
  queries: Iterable<PanelQuery>,
  chosen: Chosen = {},
): Promise<Answers> {
  const rest = [...queries];
  const found = new Map<PanelQuery, readonly Found[]>();
  const end = Date.now() / 1_000;
  const range = { start: end - SHOWN, end, step: STEP };
  const work = async (): Promise<void> => {
    for (let query = rest.pop(); query !== undefined; query = rest.pop()) {
      const asked = asAsked(query.dashboard, query.expr, chosen);
      found.set(query, await (query.isInstant ? prometheus.query(asked) : prometheus.queryRange(asked, range)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** Those that found nothing. */
export function emptyOnes(answers: Answers): PanelQuery[] {
  return [...answers].filter(([, { length }]) => length === 0).map(([query]) => query);
}

/** What a variable offers, by its own query, where the others are chosen. */
export function valuesOffered(
  prometheus: PrometheusServer,
  name: string,
  chosen: Chosen = {},
): Promise<readonly string[]> {
  const [dashboard] = DASHBOARDS;
  const variable = dashboard?.templating.list.find((one) => one.name === name);
  const [, selector, label] =
    /^label_values\((.+), (\w+)\)$/.exec(variable === undefined ? '' : queryOf(variable)) ?? [];
  if (dashboard === undefined || selector === undefined || label === undefined) {
    throw new Error(`${name} is filled by no label_values`);
  }
  return prometheus.labelValues(asAsked(dashboard, selector, chosen), label);
}

/** Series that are about something else than the value that was chosen: of an edge, neither end is. */
export function strangers(answers: Answers, name: string, value: string): string[] {
  return [...answers].flatMap(([{ where }, series]) =>
    series.flatMap(({ metric }) => {
      const said = [name, ...(name === 'scope' ? ENDS : [])].flatMap((label) => metric[label] ?? []);
      return said.length === 0 || said.includes(value) ? [] : [`${where}: ${said.join(' -> ')}`];
    }),
  );
}
