/**
 * A real Prometheus on a free loopback port, scraping what a test serves.
 *
 * It keeps its data in a folder of its own under the system's temporary one, and takes it away with `stop`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startListening } from './prometheus-process.ts';

const START_WITHIN_MS = 30_000;
const POLL_EVERY_MS = 50;

/** How often services are scraped, unless told otherwise. */
export const SCRAPE_INTERVAL_MS = 200;

export interface PrometheusServerOptions {
  /** What to scrape, by job name: `host:port`, each under /metrics. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  /** Default {@link SCRAPE_INTERVAL_MS}. */
  readonly scrapeIntervalMs?: number;
  /** Paths of rule files. */
  readonly ruleFiles?: readonly string[];
  /** Which Alertmanagers it tells: `host:port`. */
  readonly alertmanagers?: readonly string[];
}

/** One series of an instant query. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The exemplars of one series. */
export interface SeriesExemplars {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    /** Seconds since 1970. */
    readonly timestamp: number;
  }[];
}

/** A scraped target. */
export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** How Prometheus got on with a rule. */
export interface RuleState {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly health: 'ok' | 'unknown' | 'err';
  readonly lastError?: string;
}

/** What to ask over a range: seconds since 1970, and the seconds between two values. */
export interface QueryRange {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export interface PrometheusServer extends AsyncDisposable {
  readonly url: string;
  /** An instant query, now. */
  query(expr: string): Promise<readonly QueryResult[]>;
  /** The labels of the series a query has over a range. */
  queryRange(expr: string, range: QueryRange): Promise<readonly Pick<QueryResult, 'metric'>[]>;
  /** The values of a label among the series a selector matches, as a dashboard's variable lists them. */
  labelValues(selector: string, label: string): Promise<readonly string[]>;
  rules(): Promise<readonly RuleState[]>;
  /** Exemplars of the last hour. */
  exemplars(expr: string): Promise<readonly SeriesExemplars[]>;
  targets(): Promise<readonly Target[]>;
  /** Type and help of scraped metrics, by metric family. */
  metadata(): Promise<Readonly<Record<string, readonly { readonly type: string; readonly help: string }[]>>>;
  stop(): Promise<void>;
}

/** Starts Prometheus and resolves when it is ready; rejects with its log when it does not get there. */
export async function startPrometheus(options: PrometheusServerOptions): Promise<PrometheusServer> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'cancelscope-prometheus-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, JSON.stringify(configOf(options))); // JSON is YAML
  const { address } = starting.use(
    await startListening('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--enable-feature=exemplar-storage',
    ]),
  );
  const url = `http://${address}`;
  await isReady(url);
  const running = starting.move();
  return serverAt(url, () => running.disposeAsync());
}

/** Resolves when a Prometheus or an Alertmanager answers. */
export async function isReady(url: string): Promise<void> {
  await eventually(
    () => fetch(`${url}/-/ready`).then(({ ok }) => ok),
    (ready) => ready,
  );
}

/** Reads until what it reads is good; rejects with the last reading or error after `withinMs`. */
export async function eventually<T>(
  read: () => Promise<T>,
  isGood: (value: T) => boolean,
  withinMs = START_WITHIN_MS,
): Promise<T> {
  const until = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < until) {
    try {
      const value = await read();
      if (isGood(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await delay(POLL_EVERY_MS);
  }
  throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(last) ?? ''} ${String(last)}`);
}

function configOf({
  jobs,
  scrapeIntervalMs = SCRAPE_INTERVAL_MS,
  ruleFiles = [],
  alertmanagers = [],
}: PrometheusServerOptions): object {
  const interval = `${scrapeIntervalMs}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(jobs).map(([job_name, targets]) => ({ job_name, static_configs: [{ targets }] })),
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
  };
}

function serverAt(url: string, stop: () => Promise<void>): PrometheusServer {
  const ask = async (path: string, params: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(params).toString()}`);
    const body = (await answer.json()) as { status: string; error?: string; data: unknown };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error ?? answer.status}`);
    return body.data;
  };
  return {
    url,
    query: async (expr) => {
      const data = (await ask('query', { query: expr })) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    queryRange: async (expr, { start, end, step }) => {
      const range = { start: String(start), end: String(end), step: String(step) };
      const data = (await ask('query_range', { query: expr, ...range })) as {
        result: { metric: Record<string, string> }[];
      };
      return data.result.map(({ metric }) => ({ metric }));
    },
    labelValues: async (selector, label) =>
      (await ask(`label/${label}/values`, { 'match[]': selector })) as readonly string[],
    rules: async () =>
      ((await ask('rules')) as { groups: { rules: RuleState[] }[] }).groups.flatMap((group) => group.rules),
    exemplars: async (expr) => {
      const now = Date.now() / 1000;
      const range = { start: String(now - 3_600), end: String(now + 60) };
      return (await ask('query_exemplars', { query: expr, ...range })) as readonly SeriesExemplars[];
    },
    targets: async () => ((await ask('targets')) as { activeTargets: readonly Target[] }).activeTargets,
    metadata: async () => (await ask('metadata')) as Awaited<ReturnType<PrometheusServer['metadata']>>,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
