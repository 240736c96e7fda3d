import { describe, expect, test } from 'vitest';
import { prometheusMonitor } from '../../../src/exporters/prometheus/index.ts';
import { CLIENTS, OPEN_METRICS, PLAIN } from '../../support/client-packages.ts';
import { causeOf, phasesOf, sampledSpan, scopeInfo, settled } from '../../support/lifecycle-events.ts';
import { setUpPrometheus, WALL_TIME_S } from '../../support/prometheus-set-up.ts';

describe.each(CLIENTS)('with %s', (_, client) => {
  describe('exemplars', () => {
    const cancelled = { cause: causeOf('timeout', { spanContext: sampledSpan }), phases: phasesOf(0) };

    test('lead from the bucket a sample fell in to its trace, with value and time', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType: OPEN_METRICS });

      monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 300, cancelled));
      const { samples } = await scrape();

      const exemplars = samples.filter(({ exemplar }) => exemplar !== undefined);
      expect(exemplars).toMatchObject([
        {
          name: 'cancellation_latency_seconds_bucket',
          labels: { le: '0.5', scope: 'job', reason: 'timeout' },
          exemplar: {
            labels: { trace_id: sampledSpan.traceId, span_id: sampledSpan.spanId },
            value: 0.3,
            at: WALL_TIME_S,
          },
        },
      ]);
    });

    test('go to +Inf for a sample above all bounds', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType: OPEN_METRICS });

      monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 100_000, cancelled));
      const { find } = await scrape();

      const [infinite] = find('cancellation_latency_seconds_bucket', { le: '+Inf' });
      expect(infinite?.exemplar?.value).toBe(100);
    });

    test('keep the latest one of a bucket', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType: OPEN_METRICS });

      for (const settledAt of [300, 400]) {
        monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', settledAt, cancelled));
      }
      const { find } = await scrape();

      expect(find('cancellation_latency_seconds_bucket', { le: '0.5' })[0]?.exemplar?.value).toBe(0.4);
    });

    test('are neither kept nor shown in plain text', async () => {
      const { registry, monitor, scrape } = setUpPrometheus(client, { contentType: PLAIN });
      monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 300, cancelled));

      const plain = await registry.metrics();
      registry.setContentType(OPEN_METRICS);
      const openMetrics = await scrape();

      expect(plain).not.toContain('trace_id');
      expect(openMetrics.samples.some(({ exemplar }) => exemplar !== undefined)).toBe(false);
    });

    test('disappear from a registry that was changed to plain text', async () => {
      const { registry, monitor } = setUpPrometheus(client, { contentType: OPEN_METRICS });
      monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 300, cancelled));

      registry.setContentType(PLAIN);
      const text = await registry.metrics();

      expect(text).not.toContain('trace_id');
    });

    test.each([
      ['of a span that was not sampled', { ...sampledSpan, traceFlags: 0 }],
      ['with a trace id that is none', { ...sampledSpan, traceId: 'x"} 1\n' }],
      ['with a span id that is too long', { ...sampledSpan, spanId: 'a'.repeat(200) }],
    ])('are not made %s', async (_, spanContext) => {
      const { monitor, scrape } = setUpPrometheus(client, { contentType: OPEN_METRICS });
      const cause = causeOf('timeout', { spanContext });

      monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 300, { cause, phases: phasesOf(0) }));
      const { samples, value } = await scrape();

      expect(samples.some(({ exemplar }) => exemplar !== undefined)).toBe(false);
      expect(value('cancellation_latency_seconds_count')).toBe(1);
    });

    test('take the span from the function that was given, when no other monitor knows one', () => {
      const registry = new client.Registry(OPEN_METRICS);

      const monitor = prometheusMonitor({ registry, spanContext: () => sampledSpan });

      expect(monitor.spanContext?.()).toBe(sampledSpan);
    });
  });
});
