/**
 * A real Prometheus on a free loopback port, scraping what a test serves.
 *
 * It keeps its data in a folder of its own under the system's temporary one, and takes it away with `stop`.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 10_000;
const POLL_EVERY_MS = 50;

export interface PrometheusServerOptions {
  /** What to scrape, by job name: `host:port`, each under /metrics. */
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  /** Default 200. */
  readonly scrapeIntervalMs?: number;
  /** Paths of rule files. */
  readonly ruleFiles?: readonly string[];
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

export interface PrometheusServer extends AsyncDisposable {
  readonly url: string;
  /** An instant query, now. */
  query(expr: string): Promise<readonly QueryResult[]>;
  /** Exemplars of the last hour. */
  exemplars(expr: string): Promise<readonly SeriesExemplars[]>;
  targets(): Promise<readonly Target[]>;
  /** Type and help of scraped metrics, by metric family. */
  metadata(): Promise<Readonly<Record<string, readonly { readonly type: string; readonly help: string }[]>>>;
  stop(): Promise<void>;
}

type Child = ChildProcessByStdio<null, null, Readable>;

/** Starts Prometheus and resolves when it is ready; rejects with its log when it does not get there. */
export async function startPrometheus(options: PrometheusServerOptions): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'cancelscope-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, JSON.stringify(configOf(options))); // JSON is YAML
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--enable-feature=exemplar-storage',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://${await addressOf(child)}`;
    await eventually(
      () => fetch(`${url}/-/ready`).then(({ ok }) => ok),
      (ready) => ready,
      START_WITHIN_MS,
    );
    return serverAt(url, stop);
  } catch (error) {
    await stop();
    throw error;
  }
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

function configOf({ jobs, scrapeIntervalMs = 200, ruleFiles = [] }: PrometheusServerOptions): object {
  const interval = `${scrapeIntervalMs}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: Object.entries(jobs).map(([job_name, targets]) => ({ job_name, static_configs: [{ targets }] })),
  };
}

/** The address it says it listens on: port 0 lets it choose a free one itself. */
async function addressOf(child: Child): Promise<string> {
  let log = '';
  child.stderr.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log = (log + text).slice(-20_000);
      const address = /msg="Listening on".* address=(\S+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`prometheus ended with ${code}:\n${log}`)));
  });
}

async function ended(child: Child): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exit;
  clearTimeout(force);
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
