/** What a dashboard's queries cost a Prometheus, by its own account. */
import { asAsked, type Chosen } from './asked.ts';
import { type DashboardFile, everyTarget, type Panel, type Target } from './dashboard-json.ts';

/** What one query took. */
export interface QueryCost {
  /** Series in its answer. */
  readonly series: number;
  /** Samples it read; one that lies in several windows counts in each. */
  readonly samples: number;
  /** From its arrival until its answer was made. */
  readonly seconds: number;
}

/** What somebody looks at. All times are in seconds. */
export interface View {
  /** Since 1970. */
  readonly end: number;
  /** How long a time is shown. */
  readonly range: number;
  /** From one value a panel draws to the next. */
  readonly stepOf: (panel: Panel) => number;
  /** How often services are scraped: a rate is taken over four times that, as in Grafana. */
  readonly scrapeInterval: number;
  readonly chosen?: Chosen;
}

/** A target of a panel, and what it takes to answer it. */
export interface TargetCost extends QueryCost {
  readonly panel: Panel;
  readonly target: Target;
  /** As it was asked. */
  readonly expr: string;
}

/** Asks every query of a dashboard as Grafana would, one after the other. */
export async function costsOf(url: string, dashboard: DashboardFile, view: View): Promise<TargetCost[]> {
  const windows = { rateInterval: inPromql(4 * view.scrapeInterval), range: inPromql(view.range) };
  const costs: TargetCost[] = [];
  for (const { panel, target } of everyTarget(dashboard)) {
    const expr = asAsked(dashboard, target.expr, view.chosen, windows);
    const range = target.instant === true ? undefined : { length: view.range, step: view.stepOf(panel) };
    costs.push({ panel, target, expr, ...(await costOf(url, expr, view.end, range)) });
  }
  return costs;
}

/** What a query costs at an instant, or over the range before it. */
async function costOf(
  url: string,
  query: string,
  end: number,
  range: { readonly length: number; readonly step: number } | undefined,
): Promise<QueryCost> {
  const when: Record<string, string> =
    range === undefined
      ? { time: String(end) }
      : { start: String(end - range.length), end: String(end), step: String(range.step) };
  const path = range === undefined ? 'query' : 'query_range';
  const answer = await fetch(
    `${url}/api/v1/${path}?${new URLSearchParams({ query, stats: 'all', ...when }).toString()}`,
  );
  const body = (await answer.json()) as Answer;
  if (body.status !== 'success') throw new Error(`${body.error ?? answer.status}: ${query}`);
  const { result, stats } = body.data;
  return {
    series: result.length,
    samples: stats.samples.totalQueryableSamples,
    seconds: stats.timings.execTotalTime,
  };
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly unknown[];
    readonly stats: {
      readonly timings: { readonly execTotalTime: number };
      readonly samples: { readonly totalQueryableSamples: number };
    };
  };
}

/** A length of time as Prometheus and Grafana write it, in seconds: `1m30s`. */
export function secondsIn(text: string): number {
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h|d)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS], 0);
}

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

function inPromql(seconds: number): string {
  return `${Math.round(seconds * 1_000)}ms`;
}
