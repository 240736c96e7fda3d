/** The demo under load and a service beside it, watched by a real Prometheus, through every query of every dashboard. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { costsOf } from '../../dashboards/check/query-cost.ts';
import { METRICS, OTHER } from '../../src/instrumentation/index.ts';
import { type DemoProcess, startDemo } from '../support/demo-process.ts';
import { requirement } from '../support/installed.ts';
import { BUSY_JOB, BUSY_SCOPE, type BusyService, startBusyService } from '../support/prometheus-busy-service.ts';
import {
  type Answers,
  askAll,
  DASHBOARDS,
  emptyOnes,
  PANEL_QUERIES,
  type PanelQuery,
  strangers,
  valuesOffered,
} from '../support/prometheus-dashboards.ts';
import {
  eventually,
  type PrometheusServer,
  type QueryResult,
  SCRAPE_INTERVAL_MS,
  startPrometheus,
} from '../support/prometheus-server.ts';
import { seriesCap } from '../support/series-cap.ts';

vi.setConfig({ testTimeout: 90_000 });

const binary = requirement('prometheus');

/** Narrowed to the demo, so that every query must find something in what the demo does. */
const DEMO = { job: 'demo' };

/** A scrape every 200 ms stands for one every 15 s, and 40 values for the 240 of an hour. */
const SCRAPE_INTERVAL = SCRAPE_INTERVAL_MS / 1_000;
const VALUES = 40;
const VALUES_OF_AN_HOUR = 240;
/** What Prometheus answers in 200 ms, at the 5 million samples a second of the slowest kind of query there is. */
const SAMPLES_MAX = 1_000_000;
/** What `test/exporters/prometheus/series` finds with every label of a process at its default limit. */
const SERIES_MAX = 29_000;

describe('dashboards of the demo', () => {
  let demo: DemoProcess;
  let busy: BusyService;
  let prometheus: PrometheusServer;
  beforeAll(async () => {
    if (binary.skip) return;
    demo = startDemo(['--no-prometheus', '--port', '0', '--seed', '4711']);
    busy = await startBusyService();
    prometheus = await startPrometheus({
      jobs: { demo: [new URL(await demo.url()).host], [BUSY_JOB]: [busy.address] },
    });
    await eventually(
      async () => wheresOf(emptyOnes(await askAll(prometheus, PANEL_QUERIES, DEMO))),
      (empty) => empty.length === 0,
      60_000,
    );
  }, 90_000);
  afterAll(async () => {
    await prometheus?.stop();
    await busy?.[Symbol.asyncDispose]();
    await demo?.[Symbol.asyncDispose]();
  });

  test.skipIf(binary.skip)(`every query finds something, with all variables at All${binary.note}`, async () => {
    const answers = await askAll(prometheus, PANEL_QUERIES);

    expect(answers.size).toBeGreaterThan(90);
    expect(wheresOf(emptyOnes(answers))).toEqual([]);
  });

  test.skipIf(binary.skip).each([
    { name: 'job', within: {}, least: 2 },
    { name: 'instance', within: {}, least: 2 },
    { name: 'scope', within: DEMO, least: 25 },
    { name: 'source_thread', within: {}, least: 2 },
  ])(
    `with one $name: no value makes a query fail or tell of another, each finds something, and every query finds something for one${binary.note}`,
    async ({ name, within, least }) => {
      const values = await valuesOffered(prometheus, name, within);
      // Some say 0 where there is nothing: they are no sign of a value.
      const unmoved = foundBy(await askAll(prometheus, PANEL_QUERIES, { ...within, [name]: 'there is no such thing' }));
      const never = new Set(PANEL_QUERIES);
      const faults: string[] = [];

      for (const value of values) {
        const answers = await askAll(prometheus, PANEL_QUERIES, { ...within, [name]: value });
        const found = foundBy(answers);
        for (const query of found) never.delete(query);
        if (found.size <= unmoved.size) faults.push(`${value}: nothing`);
        faults.push(...strangers(answers, name, value));
      }

      expect(values.length).toBeGreaterThanOrEqual(least);
      expect({ faults, never: wheresOf(never) }).toEqual({ faults: [], never: [] });
    },
  );

  test.skipIf(binary.skip)(
    `the dashboard of one scope has no empty query for a scope that does everything, whose name is no harmless regular expression${binary.note}`,
    async () => {
      const queries = PANEL_QUERIES.filter(({ dashboard }) => dashboard.uid === 'cancelscope-scope');

      const answers = await askAll(prometheus, queries, { job: BUSY_JOB, scope: BUSY_SCOPE });

      expect(answers.size).toBeGreaterThan(30);
      expect(wheresOf(emptyOnes(answers))).toEqual([]);
      expect(strangers(answers, 'scope', BUSY_SCOPE)).toEqual([]);
    },
  );

  test.skipIf(binary.skip).each(['job', 'instance', 'scope', 'source_thread'])(
    `with every %s chosen by its name, every query finds what it finds with All${binary.note}`,
    async (name) => {
      const queries = PANEL_QUERIES.filter(({ dashboard }) => takesSeveral(name, dashboard));
      const values = await valuesOffered(prometheus, name);

      const answers = await askAll(prometheus, queries, { [name]: values });

      expect(answers.size).toBeGreaterThan(60);
      expect(wheresOf(emptyOnes(answers))).toEqual([]);
    },
  );

  test.skipIf(binary.skip)(
    `the demo has fewer series than a process may have, of every metric and in all, and no label at its limit (M04)${binary.note}`,
    async () => {
      const series = await prometheus.query('count by (__name__) ({__name__=~"cancellation_.+",job="demo"})');
      const folded = await prometheus.query(`{job="demo",scope="${OTHER}"} or {job="demo",source="${OTHER}"}`);

      const counts = Object.values(METRICS).map((metric) => {
        const own = new RegExp(`^${metric.prometheusName}(_bucket|_sum|_count)?$`);
        const found = series.filter((one) => own.test(one.metric['__name__'] ?? ''));
        return { name: metric.prometheusName, count: sum(found), cap: seriesCap(metric) };
      });
      expect(counts.filter(({ count, cap }) => !(count > 0 && count <= cap))).toEqual([]);
      expect(folded).toEqual([]);
      expect(counts.reduce((all, { count }) => all + count, 0)).toBe(sum(series));
      expect(sum(series)).toBeLessThanOrEqual(SERIES_MAX);
    },
  );

  test.skipIf(binary.skip)(
    `no query reads more of an hour of the demo than Prometheus answers at once: ${SAMPLES_MAX} samples${binary.note}`,
    async () => {
      const range = VALUES * SCRAPE_INTERVAL;
      const view = {
        end: Date.now() / 1_000,
        range,
        stepOf: () => SCRAPE_INTERVAL,
        scrapeInterval: SCRAPE_INTERVAL,
        chosen: DEMO,
      };

      const costs = (await Promise.all(DASHBOARDS.map((dashboard) => costsOf(prometheus.url, dashboard, view)))).flat();

      // Windows that are written out are longer than the demo has run: `dashboards/load.ts` times them where there is a past.
      const read = costs
        .filter(({ target }) => !/\[\d/.test(target.expr))
        .map(({ panel, samples }) => ({ title: panel.title, samples: (samples * VALUES_OF_AN_HOUR) / VALUES }));
      expect(read.length).toBeGreaterThan(85);
      expect(Math.max(...read.map(({ samples }) => samples))).toBeGreaterThan(SAMPLES_MAX / 10);
      expect(read.filter(({ samples }) => samples > SAMPLES_MAX)).toEqual([]);
    },
  );
});

function wheresOf(queries: Iterable<PanelQuery>): string[] {
  return Array.from(queries, ({ where }) => where);
}

function sum(results: readonly QueryResult[]): number {
  return results.reduce((all, { value }) => all + value, 0);
}

/** Those that found something. */
function foundBy(answers: Answers): Set<PanelQuery> {
  return new Set([...answers].filter(([, { length }]) => length > 0).map(([query]) => query));
}

function takesSeveral(name: string, { templating }: PanelQuery['dashboard']): boolean {
  return templating.list.some((variable) => variable.name === name && variable.multi === true);
}
