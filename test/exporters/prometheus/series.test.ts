import { describe, expect, test } from 'vitest';
import { PrometheusBackend } from '../../../src/exporters/prometheus/prometheus-backend.ts';
import { METRICS } from '../../../src/instrumentation/index.ts';
import { systemClock } from '../../../src/token/index.ts';
import { CLIENTS } from '../../support/client-packages.ts';
import { sendEveryEvent } from '../../support/every-event.ts';
import { parseExposition } from '../../support/exposition.ts';
import { causeOf, phasesOf, scopeInfo, settled } from '../../support/lifecycle-events.ts';
import { DEFINITIONS, setUpPrometheus } from '../../support/prometheus-set-up.ts';

describe.each(CLIENTS)('with %s', (_, client) => {
  describe('series', () => {
    test('are bounded at the default cap with every label at its limit', async () => {
      const { monitor, scrape } = setUpPrometheus(client);
      const reasons = [
        'manual',
        'timeout',
        'deadline',
        'disconnect',
        'parent',
        'sibling',
        'superseded',
        'shutdown',
        'signal',
        'condition',
        'error',
        'abort',
        'weather',
      ] as const;
      const token = { id: 't1', name: 't' };
      const scopes = Array.from({ length: 60 }, (_, index) => `scope-${index}`);
      for (const name of scopes) {
        sendEveryEvent(monitor, name);
        for (const outcome of ['completed', 'failed', 'cancelled', 'ignored', 'abandoned'] as const) {
          monitor.scopeSettled?.(scopeInfo(name, { deadline: 2 }), settled(outcome, 1));
        }
        for (const reason of reasons) {
          const cause = causeOf(reason as 'manual');
          monitor.scopeSettled?.(scopeInfo(name), settled('cancelled', 1, { cause, phases: phasesOf(0) }));
          monitor.cancelSlow?.(scopeInfo(name), { cause, requestedAt: 0, thresholdMs: 1 });
          monitor.tokenCancelled?.({ token, cause, targets: 1 });
        }
        for (const target of scopes) {
          for (const boundary of ['local', 'thread', 'process', 'network'] as const) {
            for (const result of ['delivered', 'late', 'dropped'] as const) {
              monitor.propagated?.({ source: name, target, boundary, result });
            }
          }
        }
      }
      for (let thread = 0; thread < 30; thread++) {
        const sourceThread = `thread-${thread}`;
        const delivery = { cause: causeOf('manual'), requestedAt: 0, deliveredAt: 1, sourceThread, depth: 0 } as const;
        for (const boundary of ['local', 'thread', 'process', 'network'] as const) {
          monitor.cancelDelivered?.(scopeInfo('scope-0'), { ...delivery, boundary });
        }
        for (const reason of reasons) {
          for (const result of ['accepted', 'redundant', 'late'] as const) {
            monitor.cancelRequested?.({ token, reason: reason as 'manual', result, sourceThread, cause: undefined });
          }
        }
      }
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'BREW']) {
        for (const phase of ['before_headers', 'streaming'] as const) monitor.clientDisconnected?.({ method, phase });
      }

      const { samples } = await scrape();

      const perMetric = DEFINITIONS.map(({ prometheusName }) => [
        prometheusName,
        samples.filter(({ name }) => name.replace(/_(?:bucket|sum|count)$/, '') === prometheusName).length,
      ]);
      console.log(`series at the default cap: ${samples.length}\n${perMetric.map((row) => row.join(' ')).join('\n')}`);
      expect(samples.length).toBeLessThanOrEqual(29_000);
    });

    test('of equal labels are one: no line is printed twice', async () => {
      const { monitor, scrape } = setUpPrometheus(client, { max: 1 });
      for (const source of ['a', 'b', 'c']) {
        for (const target of ['a', 'b', 'c']) {
          monitor.propagated?.({ source, target, boundary: 'local', result: 'delivered' });
        }
      }

      const { value } = await scrape(); // which throws for a line printed twice

      expect(value('cancellation_propagations_total', { source: '_OTHER', target: '_OTHER' })).toBe(4);
    });

    test('bound twice are one', async () => {
      const registry = new client.Registry();
      const backend = new PrometheusBackend(registry, systemClock);
      backend.register();

      for (let i = 0; i < 2; i++) backend.bindCounter(METRICS.slow, ['job', 'timeout']).add(1);
      const { value } = parseExposition(await registry.metrics());

      expect(value('cancellation_slow_total', { scope: 'job', reason: 'timeout' })).toBe(2);
    });
  });
});
