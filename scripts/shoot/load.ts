/** A Prometheus that has watched demos under load for a while, with the recording rules and alerts loaded. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDemo } from '../../test/support/demo-process.ts';
import { startPrometheus } from '../../test/support/prometheus-server.ts';

const RULES = join(import.meta.dirname, '../../dashboards/cancelscope.rules.yaml');
/** Two processes of one job, with other visitors each. */
const SEEDS = [4_711, 815];
/** What is scraped before rates are of a whole window. */
const WARM_UP_MS = 15_000;

/** A Prometheus and the time in which something happened. */
export interface Watched {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/**
 * Runs demos for so many seconds. They have ended when this resolves; their Prometheus ends with `ends`.
 *
 * @param scrapeSeconds - Time between two scrapes.
 */
export async function watchDemos(seconds: number, scrapeSeconds: number, ends: AsyncDisposableStack): Promise<Watched> {
  const demos = SEEDS.map((seed) => ends.use(startDemo(['--no-prometheus', '--port', '0', '--seed', String(seed)])));
  const addresses = await Promise.all(demos.map(async (demo) => new URL(await demo.url()).host));
  const prometheus = ends.use(
    await startPrometheus({ jobs: { demo: addresses }, scrapeIntervalMs: scrapeSeconds * 1_000, ruleFiles: [RULES] }),
  );
  await delay(WARM_UP_MS);
  const from = Date.now();
  await delay(seconds * 1_000);
  const to = Date.now();
  await Promise.all(demos.map((demo) => demo[Symbol.asyncDispose]()));
  return { url: prometheus.url, from, to };
}
