/**
 * Asks every query of every dashboard of a Prometheus that scrapes the demo, as Grafana would, and prints how long each
 * takes: `node dashboards/load.ts [URL]`. Ends with 1 when one takes longer than it may.
 */
import type { Panel } from './check/dashboard-json.ts';
import { committed } from './check/subject.ts';
import { costsOf, secondsIn, type TargetCost } from './check/query-cost.ts';

const URL_DEFAULT = 'http://127.0.0.1:9090';
const ROUNDS = 9;
/** What a query may take. */
const LIMIT_MS = 200;
/** How many values fit beside each other in half a screen. */
const POINTS_MAX = 600;

const url = process.argv[2] ?? URL_DEFAULT;
const scrapeInterval = await longestScrapeInterval();
let slowest = 0;
for (const { file, json } of committed().dashboards) {
  const range = secondsIn(json.time.from); // now-1h
  const step = Math.max(scrapeInterval, range / POINTS_MAX);
  const rounds: TargetCost[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const stepOf = ({ interval = '0s' }: Panel): number => Math.max(step, secondsIn(interval));
    rounds.push(await costsOf(url, json, { end: Date.now() / 1_000, range, stepOf, scrapeInterval }));
  }
  console.log(`\n${file}: ${range / 3_600} h, a value every ${step} s\n`);
  console.log(`${'median ms'.padStart(9)} ${'max'.padStart(7)} ${'samples'.padStart(10)} ${'series'.padStart(6)}`);
  const rows = (rounds[0] ?? []).map((first, index) => {
    const times = rounds.map((round) => (round[index]?.seconds ?? 0) * 1_000).toSorted((left, right) => left - right);
    return { first, median: times[Math.floor(ROUNDS / 2)] ?? 0, max: times.at(-1) ?? 0 };
  });
  for (const { first, median, max } of rows.toSorted((left, right) => right.median - left.median)) {
    const { samples, series, panel, target } = first;
    const figures = [
      median.toFixed(1).padStart(9),
      max.toFixed(1).padStart(7),
      String(samples).padStart(10),
      String(series).padStart(6),
    ];
    console.log(`${figures.join(' ')}  ${panel.title} ${target.refId}${median > LIMIT_MS ? '  too slow' : ''}`);
    slowest = Math.max(slowest, median);
  }
}
console.log(`\nslowest median: ${slowest.toFixed(1)} ms of ${LIMIT_MS}`);
if (slowest > LIMIT_MS) process.exitCode = 1;

/** Of all targets, in seconds: Grafana is to be told the same. */
async function longestScrapeInterval(): Promise<number> {
  const answer = await fetch(`${url}/api/v1/targets?state=active`);
  const { data } = (await answer.json()) as { data: { activeTargets: { scrapeInterval: string }[] } };
  const seconds = data.activeTargets.map(({ scrapeInterval: text }) => secondsIn(text));
  if (seconds.length === 0) throw new Error(`${url} scrapes nothing`);
  return Math.max(...seconds);
}
