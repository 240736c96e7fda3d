/** A demo watched by a real Prometheus: every metric of the contract comes up in it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MetricDefinition, METRICS } from '../../src/instrumentation/index.ts';
import { CANCELLATION_REASONS, SCOPE_OUTCOMES } from '../../src/token/index.ts';
import { type DemoProcess, startDemo } from '../support/demo-process.ts';
import { requirement } from '../support/installed.ts';
import { eventually, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const binary = requirement('prometheus');

describe('watched by a Prometheus', () => {
  let demo: DemoProcess;
  let prometheus: PrometheusServer;
  beforeAll(async () => {
    if (binary.skip) return;
    demo = startDemo(['--no-prometheus', '--port', '0', '--seed', '4711']);
    prometheus = await startPrometheus({ jobs: { demo: [new URL(await demo.url()).host] } });
    await eventually(
      () => Promise.all(Object.values(METRICS).map(withoutData)),
      (missing) => missing.every((name) => name === undefined),
      45_000,
    );
  }, 90_000);
  afterAll(async () => {
    await prometheus?.stop();
    await demo?.[Symbol.asyncDispose]();
  });

  /** The name of a metric that has shown nothing but 0 so far. */
  async function withoutData({ prometheusName, type }: MetricDefinition): Promise<string | undefined> {
    const found = await prometheus.query(`max_over_time(${sampleOf(prometheusName, type)}[5m]) > 0`);
    return found.length > 0 ? undefined : prometheusName;
  }

  /** The values of a label among the series of `selector` that have shown more than 0. */
  async function valuesOf(label: string, selector: string): Promise<string[]> {
    const found = await prometheus.query(`count by (${label}) (max_over_time(${selector}[5m]) > 0)`);
    return found.map(({ metric }) => metric[label] ?? '').sort();
  }

  test.skipIf(binary.skip).each(Object.values(METRICS))(
    `$prometheusName is there, with its type and its labels${binary.note}`,
    async ({ prometheusName, type, labels }) => {
      const metadata = await prometheus.metadata();
      const series = await prometheus.query(sampleOf(prometheusName, type));

      const types = [prometheusName, prometheusName.replace(/_total$/, '')].flatMap((name) => metadata[name] ?? []);
      const labelSets = series.map(({ metric }) => Object.keys(metric).filter((label) => !OF_PROMETHEUS.has(label)));
      expect(new Set(types.map((entry) => entry.type))).toEqual(new Set([type]));
      expect(new Set(labelSets.map((names) => names.sort().join()))).toEqual(new Set([[...labels].sort().join()]));
    },
  );

  test.skipIf(binary.skip)(`every way a running service cancels in comes up${binary.note}`, async () => {
    const accepted = await eventually(
      () => valuesOf('reason', 'cancellation_requests_total{result="accepted"}'),
      (reasons) => reasons.length >= 11,
    );

    expect(accepted).toEqual(CANCELLATION_REASONS.filter((reason) => reason !== 'parent').sort()); // never a request
  });

  test.skipIf(binary.skip)(`every outcome, and both kinds of waste, come up${binary.note}`, async () => {
    const outcomes = await eventually(
      () => valuesOf('outcome', 'cancellation_scopes_settled_total'),
      (found) => found.length === SCOPE_OUTCOMES.length,
    );
    const results = await valuesOf('result', 'cancellation_requests_total');
    const kinds = await valuesOf('kind', 'cancellation_wasted_seconds_total');
    const phases = await valuesOf('phase', 'cancellation_http_disconnects_total');
    const monitors = await valuesOf('monitor', 'cancellation_monitor_events_total{result="error"}');

    expect(outcomes).toEqual([...SCOPE_OUTCOMES].sort());
    expect({ results, kinds, phases, monitors }).toEqual({
      results: ['accepted', 'late', 'redundant'],
      kinds: ['after_cancel', 'discarded'],
      phases: ['before_headers', 'streaming'],
      monitors: ['flaky-webhook'],
    });
  });

  test.skipIf(binary.skip)(`latency has exemplars that name a trace${binary.note}`, async () => {
    const found = await eventually(
      () => prometheus.exemplars('cancellation_latency_seconds_bucket'),
      (series) => series.length > 0,
    );

    const [exemplar] = found.flatMap(({ exemplars }) => exemplars);
    expect(exemplar?.labels).toEqual({
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
  });

  test.skipIf(binary.skip)(`/spans shows cancelled work, linked to who cancelled${binary.note}`, async () => {
    const text = await demo.page('/spans', (page) => page.includes('link canceller'));

    expect(text).toMatch(/^cancel \S+ +cancelled +\w+ +\d+\.\d ms$/m);
    expect(text).toMatch(/^ {2}trace [0-9a-f]{32} {2}span [0-9a-f]{16} {2}parent [0-9a-f]{16}$/m);
  });

  test.skipIf(binary.skip)(`it has said nothing on stderr, and nothing unexpected${binary.note}`, () => {
    expect({ stderr: demo.stderr(), unexpected: demo.stdout().includes('unexpected') }).toEqual({
      stderr: '',
      unexpected: false,
    });
  });
});

const OF_PROMETHEUS = new Set(['__name__', 'instance', 'job']);

function sampleOf(prometheusName: string, type: MetricDefinition['type']): string {
  return type === 'histogram' ? `${prometheusName}_count` : prometheusName;
}
