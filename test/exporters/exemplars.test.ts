import { TracerProvider } from '@opentelemetry/sdk-trace';
import client from 'prom-client';
import { describe, expect, test } from 'vitest';
import { openTelemetryMonitor } from '../../src/exporters/opentelemetry/index.ts';
import { prometheusMonitor } from '../../src/exporters/prometheus/index.ts';
import { cancelScope, registerMonitor } from '../../src/index.ts';
import type { Monitor } from '../../src/instrumentation/index.ts';
import { virtualClock } from '../../src/testing/index.ts';

/** Spans by name, and the metrics text of a registry, of one scope that ran into its own timeout. */
async function timeOut(
  order: (traces: Monitor, metrics: Monitor) => Monitor[],
): Promise<[spanId: string, text: string]> {
  const spanIds = new Map<string, string>();
  const tracerProvider = new TracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => void spanIds.set(span.name, span.spanContext().spanId),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const registry = new client.Registry<client.OpenMetricsContentType>();
  registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE);
  const traces = openTelemetryMonitor({ tracerProvider, metrics: 'off' });
  const registered = order(traces, prometheusMonitor({ registry })).map(registerMonitor);
  const clock = virtualClock();

  const work = cancelScope('slow', { clock, timeoutMs: 100 }, (scope) => scope.race(new Promise(() => {})));
  const ended = work.catch(() => {});
  await clock.advance(100);
  await ended;
  const text = await registry.metrics();
  for (const each of registered) each[Symbol.dispose]();
  return [spanIds.get('slow') as string, text];
}

describe('exemplars of the latency histogram', () => {
  test.each([
    ['traces first', (traces: Monitor, metrics: Monitor) => [traces, metrics]],
    ['metrics first', (traces: Monitor, metrics: Monitor) => [metrics, traces]],
  ])("point at the cancelled scope's own span, with no canceller to point at, registered %s", async (_, order) => {
    const [spanId, text] = await timeOut(order);

    const exemplars = text.split('\n').filter((line) => /^cancellation_latency_seconds_bucket.* # /.test(line));

    expect(exemplars).toHaveLength(1);
    expect(exemplars[0]).toContain(`span_id="${spanId}"`);
  });
});
