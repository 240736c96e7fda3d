import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { metricsHandler, prometheusMonitor } from '../../src/exporters/prometheus/index.ts';
import { METRICS } from '../../src/instrumentation/index.ts';
import { CLIENTS, OPEN_METRICS, PLAIN } from '../support/client-packages.ts';
import { sendEveryEvent } from '../support/every-event.ts';
import { requirement } from '../support/installed.ts';
import { sampledSpan } from '../support/lifecycle-events.ts';
import { eventually, type PrometheusServer, startPrometheus } from '../support/prometheus-server.ts';

const binary = requirement('prometheus');

/** Each client package in each format, as a job of that name. */
const JOBS = CLIENTS.flatMap(([name, client]) => [
  { job: `${name} OpenMetrics`, client, contentType: OPEN_METRICS } as const,
  { job: `${name} plain`, client, contentType: PLAIN } as const,
]);

const EXEMPLAR_SERIES = {
  seriesLabels: { le: '0.25', scope: 'load-report', reason: 'timeout' },
  exemplars: [{ labels: { trace_id: sampledSpan.traceId, span_id: sampledSpan.spanId }, value: '0.25' }],
};

const servers: Server[] = [];
let prometheus: PrometheusServer | undefined;

beforeAll(async () => {
  if (binary.skip) return;
  const jobs: Record<string, string[]> = {};
  for (const { job, client, contentType } of JOBS) {
    const registry = new client.Registry(contentType);
    sendEveryEvent(prometheusMonitor({ registry }), 'load-report');
    const server = createServer(metricsHandler(registry));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jobs[job] = [`127.0.0.1:${(server.address() as AddressInfo).port}`];
  }
  prometheus = await startPrometheus({ jobs });
  await eventually(
    () => prometheus!.query('cancellation_build_info'),
    (found) => found.length === JOBS.length,
  );
}, 60_000);

afterAll(async () => {
  await prometheus?.stop();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** The one value of a series in one job. */
async function valueOf(job: string, name: string, labels = ''): Promise<number | undefined> {
  const found = await prometheus!.query(`${name}{job="${job}"${labels}}`);
  expect(found).toHaveLength(1);
  return found[0]?.value;
}

describe.each(JOBS)('scraped by a real Prometheus: $job', ({ job, contentType }) => {
  test.skipIf(binary.skip)(`the target is up, without an error${binary.note}`, async () => {
    const targets = await prometheus!.targets();

    expect(targets.filter(({ labels }) => labels['job'] === job)).toMatchObject([{ health: 'up', lastError: '' }]);
  });

  test.skipIf(binary.skip)(`every metric is there, with its labels${binary.note}`, async () => {
    const missing: string[] = [];

    for (const { prometheusName, type, labels } of Object.values(METRICS)) {
      const series = type === 'histogram' ? `${prometheusName}_count` : prometheusName;
      const [found] = await prometheus!.query(`${series}{job="${job}"}`);
      const seen = Object.keys(found?.metric ?? {}).filter((label) => !['__name__', 'instance', 'job'].includes(label));
      if (found === undefined || seen.sort().join() !== [...labels].sort().join())
        missing.push(`${series} ${seen.join()}`);
    }

    expect(missing).toEqual([]);
  });

  test.skipIf(binary.skip)(`values are what was measured${binary.note}`, async () => {
    const opened = await valueOf(job, 'cancellation_scopes_opened_total', ',scope="load-report"');
    const latency = await valueOf(job, 'cancellation_latency_seconds_sum', ',reason="timeout"');
    const wasted = await valueOf(job, 'cancellation_wasted_seconds_total', ',scope="load-report",kind="after_cancel"');
    const below = await valueOf(job, 'cancellation_latency_seconds_bucket', ',le="0.1"');
    const within = await valueOf(job, 'cancellation_latency_seconds_bucket', ',le="0.25"');

    expect({ opened, latency, wasted, below, within }).toEqual({
      opened: 1,
      latency: 0.25,
      wasted: 0.5,
      below: 0,
      within: 1,
    });
  });

  test.skipIf(binary.skip)(`exemplars lead to the trace, where the format has them${binary.note}`, async () => {
    const expected = contentType === OPEN_METRICS ? [EXEMPLAR_SERIES] : [];

    const found = await eventually(
      () => prometheus!.exemplars(`cancellation_latency_seconds_bucket{job="${job}"}`),
      (series) => series.length === expected.length,
    );

    expect(found).toMatchObject(expected);
  });
});

test.skipIf(binary.skip)(`Prometheus knows the type of every metric${binary.note}`, async () => {
  const metadata = await prometheus!.metadata();

  const types = Object.values(METRICS).map(({ prometheusName, type }) => {
    const families = [prometheusName, prometheusName.replace(/_total$/, '')]; // plain text, OpenMetrics
    const seen = families.flatMap((family) => (metadata[family] ?? []).map((entry) => entry.type));
    return [prometheusName, new Set(seen), type] as const;
  });
  expect(types.filter(([, seen, type]) => seen.size !== 1 || !seen.has(type))).toEqual([]);
});
