import { describe, expect, test } from 'vitest';
import { CLIENTS, OPEN_METRICS, PLAIN } from '../../support/client-packages.ts';
import { sendEveryEvent } from '../../support/every-event.ts';
import { parseExposition } from '../../support/exposition.ts';
import { scopeInfo, settled } from '../../support/lifecycle-events.ts';
import { DEFINITIONS, familyName, setUpPrometheus } from '../../support/prometheus-set-up.ts';

describe.each(CLIENTS)('with %s', (_, client) => {
  describe.each([
    ['plain text', PLAIN],
    ['OpenMetrics', OPEN_METRICS],
  ] as const)('in %s', (_, contentType) => {
    test.each(DEFINITIONS.map((metric) => [metric.prometheusName, metric] as const))(
      'shows %s with its type and labels',
      async (name, metric) => {
        const { monitor, scrape } = setUpPrometheus(client, { contentType });

        sendEveryEvent(monitor, 'load-report');
        monitor.scopeSettled?.(scopeInfo('load-report', { deadline: 100 }), settled('completed', 90));
        const { types, find } = await scrape();

        const [sample] = find(metric.type === 'histogram' ? `${name}_count` : name);
        expect(types.get(familyName(name, contentType))).toBe(metric.type);
        expect(Object.keys(sample?.labels ?? {})).toEqual(metric.labels);
      },
    );

    test.each(DEFINITIONS.map((metric) => [metric.prometheusName]))(
      'tells what %s is before any event',
      async (name) => {
        const { registry } = setUpPrometheus(client, { contentType });

        const text = await registry.metrics();

        expect(text).toContain(`# HELP ${familyName(name, contentType)} `);
      },
    );

    test('adds up buckets: each holds those below it, and +Inf all', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType });
      for (const durationMs of [0.5, 20, 20, 90_000]) {
        monitor.scopeSettled?.(scopeInfo('job'), settled('completed', durationMs));
      }

      const { find, value } = await scrape();

      const buckets = find('cancellation_scope_duration_seconds_bucket').map(({ labels, value }) => [
        labels['le'],
        value,
      ]);
      expect(buckets.slice(0, 4)).toEqual([
        ['0.001', 1],
        ['0.005', 1],
        ['0.01', 1],
        ['0.025', 3],
      ]);
      expect(buckets.slice(-2)).toEqual([
        ['60', 3],
        ['+Inf', 4],
      ]);
      expect(value('cancellation_scope_duration_seconds_count')).toBe(4);
      expect(value('cancellation_scope_duration_seconds_sum')).toBeCloseTo(90.0405);
    });

    test('counts a value on a bound as within it', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType });

      monitor.scopeSettled?.(scopeInfo('job'), settled('completed', 250));
      const { value } = await scrape();

      expect(value('cancellation_scope_duration_seconds_bucket', { le: '0.1' })).toBe(0);
      expect(value('cancellation_scope_duration_seconds_bucket', { le: '0.25' })).toBe(1);
    });

    test('applies the default labels of the registry, below its own', async () => {
      const { registry, monitor, scrape } = setUpPrometheus(client, { contentType });
      registry.setDefaultLabels({ service: 'shop', scope: 'never' });

      monitor.scopeSettled?.(scopeInfo('job'), settled('completed', 250));
      const { value } = await scrape();

      expect(value('cancellation_scope_duration_seconds_count', { service: 'shop', scope: 'job' })).toBe(1);
      expect(value('cancellation_scopes_opened_total', { service: 'shop', scope: 'job' })).toBe(0);
      expect(value('cancellation_scopes_active', { service: 'shop', scope: 'job' })).toBe(0);
    });

    test('goes back to 0 with resetMetrics, and counts on from there', async () => {
      const { registry, monitor, scrape } = setUpPrometheus(client, { contentType });
      sendEveryEvent(monitor, 'job');

      registry.resetMetrics();
      const reset = await scrape();
      monitor.scopeOpened?.(scopeInfo('job'));
      const after = await scrape();

      expect(reset.value('cancellation_scopes_opened_total', { scope: 'job' })).toBe(0);
      expect(reset.value('cancellation_latency_seconds_count', { scope: 'job' })).toBe(0);
      expect(reset.value('cancellation_latency_seconds_sum', { scope: 'job' })).toBe(0);
      expect(reset.samples.filter(({ exemplar }) => exemplar !== undefined)).toEqual([]);
      expect(after.value('cancellation_scopes_opened_total', { scope: 'job' })).toBe(1);
    });

    test('gives 100,000 hostile scope names at most 51 values in any metric', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType });

      for (let i = 0; i < 100_000; i++) {
        const name = `"}\n# HELP {x="${i}"}`;
        monitor.scopeOpened?.(scopeInfo(name));
        if (i % 100 === 0) sendEveryEvent(monitor, name);
      }
      const { samples } = await scrape();

      const values = new Map<string, Set<string | undefined>>();
      for (const { name, labels } of samples) {
        for (const label of ['scope', 'source', 'target']) {
          const key = `${name} ${label}`;
          values.set(key, (values.get(key) ?? new Set()).add(labels[label]));
        }
      }
      expect(Math.max(...Array.from(values.values(), (set) => set.size))).toBe(51);
    });

    test('loses no sample that is no number into a series', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType });

      for (const instant of [Number.NaN, Number.POSITIVE_INFINITY, -5]) {
        monitor.scopeSettled?.(scopeInfo('job'), settled('completed', instant));
      }
      const { samples, value } = await scrape();

      expect(samples.filter((sample) => !Number.isFinite(sample.value))).toEqual([]);
      expect(value('cancellation_scope_duration_seconds_count')).toBe(0);
      expect(value('cancellation_monitor_events_total', { monitor: 'prometheus', result: 'dropped' })).toBe(3);
    });
  });

  describe('changing the content type', () => {
    test.each([
      ['plain, OpenMetrics, plain', [PLAIN, OPEN_METRICS, PLAIN]],
      ['OpenMetrics, plain, OpenMetrics', [OPEN_METRICS, PLAIN, OPEN_METRICS]],
    ] as const)('keeps every name right: %s', async (_, order) => {
      const { registry, monitor } = setUpPrometheus(client, { contentType: order[0] });
      sendEveryEvent(monitor, 'job');

      const texts: string[] = [];
      for (const contentType of order) {
        registry.setContentType(contentType);
        texts.push(await registry.metrics());
      }

      const names = texts.map((text) => parseExposition(text).samples.map(({ name }) => name));
      const families = texts.map((text) => [...parseExposition(text).types.keys()]);
      expect(names[1]).toEqual(names[0]);
      expect(names[2]).toEqual(names[0]);
      expect(families[2]).toEqual(families[0]);
      for (const [index, contentType] of order.entries()) {
        expect(families[index]).toEqual(DEFINITIONS.map((metric) => familyName(metric.prometheusName, contentType)));
      }
    });

    test('keeps one metric read by name right in both formats', async () => {
      const { registry, monitor } = setUpPrometheus(client, { contentType: OPEN_METRICS });
      monitor.scopeOpened?.(scopeInfo('job'));

      const openMetrics = await registry.getSingleMetricAsString('cancellation_scopes_opened_total');
      registry.setContentType(PLAIN);
      const plain = await registry.getSingleMetricAsString('cancellation_scopes_opened_total');

      expect(openMetrics).toContain('# TYPE cancellation_scopes_opened counter\ncancellation_scopes_opened_total{');
      expect(plain).toContain('# TYPE cancellation_scopes_opened_total counter\ncancellation_scopes_opened_total{');
    });

    test('keeps the names right in a merged registry of the other format, and in its own afterwards', async () => {
      const { registry, monitor } = setUpPrometheus(client, { contentType: PLAIN });
      const merged = client.Registry.merge([new client.Registry(PLAIN), registry]);
      merged.setContentType(OPEN_METRICS);
      monitor.scopeOpened?.(scopeInfo('job'));

      const openMetrics = await merged.metrics();
      const plain = await registry.metrics();

      expect(openMetrics).toContain('# TYPE cancellation_scopes_opened counter\ncancellation_scopes_opened_total{');
      expect(plain).toContain('# TYPE cancellation_scopes_opened_total counter\ncancellation_scopes_opened_total{');
    });

    test("keeps the names right in a registry merged with the service's own", async () => {
      const { registry, monitor } = setUpPrometheus(client, { contentType: OPEN_METRICS });
      const own = new client.Registry(OPEN_METRICS);
      monitor.scopeOpened?.(scopeInfo('job'));

      const text = await client.Registry.merge([own, registry]).metrics();

      expect(text).toContain('# TYPE cancellation_scopes_opened counter\ncancellation_scopes_opened_total{');
    });
  });
});
