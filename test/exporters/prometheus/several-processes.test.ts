import { describe, expect, test } from 'vitest';
import { CLIENTS, OPEN_METRICS } from '../../support/client-packages.ts';
import { sendEveryEvent } from '../../support/every-event.ts';
import { parseExposition } from '../../support/exposition.ts';
import { DEFINITIONS, setUpPrometheus } from '../../support/prometheus-set-up.ts';

describe.each(CLIENTS)('with %s', (_, client) => {
  describe('several processes', () => {
    test('add up, but for the oldest pending cancel and the version', async () => {
      const workers = [setUpPrometheus(client), setUpPrometheus(client)];
      for (const { monitor } of workers) sendEveryEvent(monitor, 'job');

      const reports = await Promise.all(workers.map(({ registry }) => registry.getMetricsAsJSON()));
      const overWire = JSON.parse(JSON.stringify(reports)) as typeof reports;
      const { value } = parseExposition(await client.AggregatorRegistry.aggregate(overWire).metrics());

      expect(value('cancellation_scopes_opened_total', { scope: 'job' })).toBe(2);
      expect(value('cancellation_latency_seconds_count', { scope: 'job' })).toBe(2);
      expect(value('cancellation_latency_seconds_bucket', { scope: 'job', le: '0.25' })).toBe(2);
      expect(value('cancellation_build_info')).toBe(1);
    });

    test('take the larger age and the sum of the others', async () => {
      const { registry } = setUpPrometheus(client);

      const metrics = await registry.getMetricsAsJSON();

      const odd = metrics
        .filter(({ aggregator }) => aggregator !== 'sum')
        .map(({ name, aggregator }) => [name, aggregator]);
      expect(odd).toEqual([
        ['cancellation_oldest_pending_seconds', 'max'],
        ['cancellation_build_info', 'first'],
      ]);
    });

    test('report full names also after a scrape in OpenMetrics', async () => {
      const { registry } = setUpPrometheus(client, { contentType: OPEN_METRICS });
      await registry.metrics();

      const metrics = await registry.getMetricsAsJSON();

      expect(metrics.map(({ name }) => name)).toEqual(DEFINITIONS.map(({ prometheusName }) => prometheusName));
    });
  });
});
