import * as official from '@prometheus-io/client';
import prom from 'prom-client';
import { describe, expectTypeOf, test } from 'vitest';
import {
  metricsHandler,
  type PrometheusClient,
  prometheusMonitor,
  type PrometheusRegistry,
} from '../../../src/exporters/prometheus/index.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';

describe('the structural types', () => {
  test('fit the registries of both client packages, in both formats', () => {
    expectTypeOf<prom.Registry>().toExtend<PrometheusRegistry>();
    expectTypeOf<prom.Registry<prom.OpenMetricsContentType>>().toExtend<PrometheusRegistry>();
    expectTypeOf<official.Registry>().toExtend<PrometheusRegistry>();
    expectTypeOf<official.Registry<official.OpenMetricsContentType>>().toExtend<PrometheusRegistry>();
    expectTypeOf<prom.AggregatorRegistry<prom.PrometheusContentType>>().toExtend<PrometheusRegistry>();
  });

  test('fit both client packages themselves', () => {
    expectTypeOf<typeof prom>().toExtend<PrometheusClient>();
    expectTypeOf<typeof official>().toExtend<PrometheusClient>();
  });

  test('let the plain calls of the documentation compile', () => {
    const registry = new prom.Registry<prom.OpenMetricsContentType>();
    registry.setContentType(prom.Registry.OPENMETRICS_CONTENT_TYPE);

    expectTypeOf(prometheusMonitor({ registry })).toExtend<Monitor>();
    expectTypeOf(prometheusMonitor({ registry, client: prom, scopeNames: { max: 20 } })).toExtend<Monitor>();
    expectTypeOf(metricsHandler(registry)).toBeFunction();
    expectTypeOf(metricsHandler(official.register)).toBeFunction();
  });

  test('refuse what is no registry', () => {
    // @ts-expect-error -- a registry cannot be left out: the global one is never used unasked
    expectTypeOf(prometheusMonitor({})).toExtend<Monitor>();
  });
});
