import { describe, expect, test } from 'vitest';
import { MetricNameTakenError, prometheusMonitor } from '../../../src/exporters/prometheus/index.ts';
import { InvalidArgumentError } from '../../../src/token/index.ts';
import { CLIENTS } from '../../support/client-packages.ts';
import { scopeInfo } from '../../support/lifecycle-events.ts';
import { setUpPrometheus } from '../../support/prometheus-set-up.ts';

describe.each(CLIENTS)('with %s', (_, client) => {
  describe('registration', () => {
    test('refuses a second monitor on one registry, and says what to do', () => {
      const { registry } = setUpPrometheus(client);

      const act = (): unknown => prometheusMonitor({ registry });

      expect(act).toThrow(MetricNameTakenError);
      expect(act).toThrow(/cancellation_requests_total of another prometheusMonitor: unregister that one first/);
    });

    test("refuses a name the service's own metrics use, and registers none of its own", async () => {
      const registry = new client.Registry();
      new client.Counter({ name: 'cancellation_slow_total', help: 'own', registers: [registry] });

      const act = (): unknown => prometheusMonitor({ registry });

      expect(act).toThrow(
        expect.objectContaining({ code: 'ERR_CANCELSCOPE_METRIC_NAME_TAKEN', metric: 'cancellation_slow_total' }),
      );
      expect((await registry.getMetricsAsJSON()).map(({ name }) => name)).toEqual(['cancellation_slow_total']);
    });

    test("stands beside the service's own metrics", async () => {
      const { registry, scrape } = setUpPrometheus(client);
      new client.Counter({ name: 'orders_total', help: 'own', registers: [registry] }).inc();

      const { value } = await scrape();

      expect(value('orders_total')).toBe(1);
      expect(value('cancellation_build_info')).toBe(1);
    });

    test('takes its metrics out of the registry when detached, so that another monitor finds room', async () => {
      const { registry, monitor } = setUpPrometheus(client);
      new client.Counter({ name: 'orders_total', help: 'own', registers: [registry] });

      monitor.detached?.();
      const left = await registry.getMetricsAsJSON();
      prometheusMonitor({ registry });

      expect(left.map(({ name }) => name)).toEqual(['orders_total']);
    });

    test('is detached once: a second time does not take out the metrics of its successor', async () => {
      const { registry, monitor, scrape } = setUpPrometheus(client);
      monitor.detached?.();
      const successor = prometheusMonitor({ registry });
      successor.scopeOpened?.(scopeInfo('job'));

      monitor.detached?.();
      const { value } = await scrape();

      expect(value('cancellation_scopes_opened_total')).toBe(1);
    });

    test('leaves a registry alone that somebody else has cleared', () => {
      const { registry, monitor } = setUpPrometheus(client);
      registry.clear();
      const own = new client.Counter({ name: 'cancellation_slow_total', help: 'own', registers: [registry] });

      monitor.detached?.();

      expect(registry.getSingleMetric('cancellation_slow_total')).toBe(own);
    });

    test.each([undefined, null, {}, 'registry'])('refuses %j for a registry', (registry) => {
      const act = (): unknown => prometheusMonitor({ registry: registry as never });

      expect(act).toThrow(InvalidArgumentError);
    });
  });
});

describe('a client given beside the registry', () => {
  test('refuses a registry of another package: its metrics would be served by nobody', () => {
    const [[, prom], [, official]] = CLIENTS as [(typeof CLIENTS)[0], (typeof CLIENTS)[0]];

    const act = (): unknown => prometheusMonitor({ registry: new prom.Registry(), client: official });

    expect(act).toThrow(/registry must be a Registry of the client that was given with it/);
  });
});
