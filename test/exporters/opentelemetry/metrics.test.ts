import { metrics as globalMetrics } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTelemetryMonitor, type OpenTelemetryMonitorOptions } from '../../../src/exporters/opentelemetry/index.ts';
import { OpenTelemetryMetrics } from '../../../src/exporters/opentelemetry/metrics-backend.ts';
import { METRICS, type Monitor, registerMonitor } from '../../../src/instrumentation/index.ts';
import { scopeInfo } from '../../support/lifecycle-events.ts';
import { HandScope, type MemorySdk, memorySdk, points } from './harness.ts';

let sdk: MemorySdk;
let made: Monitor[];

beforeEach(() => {
  sdk = memorySdk();
  made = [];
});

afterEach(() => {
  globalMetrics.disable();
  for (const each of made) each.detached?.();
});

function monitor(options: OpenTelemetryMonitorOptions = {}): Monitor {
  const each = openTelemetryMonitor({ spans: 'none', logs: false, ...options });
  made.push(each);
  return each;
}

const LOAD = '{"scope":"load"}';

describe('metrics', () => {
  test('go to the given provider, with name, unit, description and bucket bounds of the table (B3, P3)', async () => {
    new HandScope(monitor({ meterProvider: sdk.meterProvider })).cancelAndSettle('manual');

    const [resource] = await sdk.metrics();
    const [scope] = resource?.scopeMetrics ?? [];
    const latency = scope?.metrics.find((metric) => metric.descriptor.name === 'cancellation.latency');
    expect(scope?.scope.name).toBe('cancelscope');
    expect(latency?.descriptor).toMatchObject({ unit: 's', description: METRICS.latency.help });
    expect(latency?.dataPoints).toMatchObject([
      {
        attributes: { scope: 'load', reason: 'manual' },
        value: { count: 1, sum: 0.01, buckets: { boundaries: METRICS.latency.buckets } },
      },
    ]);
  });

  test('count a scope once it has ended', async () => {
    new HandScope(monitor({ meterProvider: sdk.meterProvider })).settle();

    const collected = await sdk.metrics();
    expect(points(collected, 'cancellation.scopes_opened')).toEqual({ [LOAD]: 1 });
    expect(points(collected, 'cancellation.scopes_settled')).toMatchObject({
      '{"scope":"load","outcome":"completed"}': 1,
    });
  });

  test('read gauges when somebody collects', async () => {
    new HandScope(monitor({ meterProvider: sdk.meterProvider }));

    expect(Object.keys(points(await sdk.metrics(), 'cancellation.scopes_active'))).toEqual([LOAD]);
    expect(Object.values(points(await sdk.metrics(), 'cancellation.build_info'))).toEqual([1]);
  });

  test('have every counter at 0 before its first 1, also on a meter that comes later (B4)', async () => {
    const edge = (result: string): string =>
      `{"source":"request","target":"resize","boundary":"process","result":"${result}"}`;
    const second = memorySdk();
    const on = monitor();
    globalMetrics.setGlobalMeterProvider(sdk.meterProvider);

    on.propagated?.({ source: 'request', target: 'resize', boundary: 'process', result: 'delivered' });
    const first = points(await sdk.metrics(), 'cancellation.propagations');
    globalMetrics.disable();
    globalMetrics.setGlobalMeterProvider(second.meterProvider);
    on.scopeOpened?.(scopeInfo('load'));
    const later = await second.metrics();

    expect(first).toEqual({ [edge('delivered')]: 1, [edge('late')]: 0, [edge('dropped')]: 0 });
    expect(points(later, 'cancellation.propagations')).toEqual({
      [edge('delivered')]: 0,
      [edge('late')]: 0,
      [edge('dropped')]: 0,
    });
    expect(points(later, 'cancellation.scopes_settled')).toMatchObject({ '{"scope":"load","outcome":"failed"}': 0 });
  });

  test('start when the SDK starts after the monitor; what was before is dropped (B1, Q1, P2)', async () => {
    const late = monitor({ metrics: 'auto' });

    new HandScope(late).settle();
    globalMetrics.setGlobalMeterProvider(sdk.meterProvider);
    new HandScope(late).settle();
    new HandScope(late).settle();

    expect(points(await sdk.metrics(), 'cancellation.scopes_opened')).toEqual({ [LOAD]: 2 });
  });

  test('measured without a meter are dropped, not kept for one (B2)', async () => {
    const backend = new OpenTelemetryMetrics();
    const opened = backend.bindCounter(METRICS.scopesOpened, ['load']);
    const latency = backend.bindHistogram(METRICS.latency, ['load', 'manual']);

    opened.add(1);
    latency.record(1);
    backend.use(sdk.meterProvider.getMeter('test'));
    opened.add(1);
    backend.use(undefined);
    opened.add(1);

    expect(points(await sdk.metrics(), 'cancellation.scopes_opened')).toEqual({ [LOAD]: 1 });
    expect(points(await sdk.metrics(), 'cancellation.latency')).toEqual({});
  });

  test('move to a new provider when the SDK is replaced (B1, Q1, P2)', async () => {
    const moving = monitor();
    const second = memorySdk();

    globalMetrics.setGlobalMeterProvider(sdk.meterProvider);
    new HandScope(moving).settle();
    globalMetrics.disable();
    globalMetrics.setGlobalMeterProvider(second.meterProvider);
    new HandScope(moving).settle();

    expect(points(await second.metrics(), 'cancellation.scopes_opened')).toEqual({ [LOAD]: 1 });
    expect(Object.keys(points(await second.metrics(), 'cancellation.scopes_active'))).toEqual([LOAD]);
    expect(Object.keys(points(await sdk.metrics(), 'cancellation.scopes_active'))).toEqual([]);
  });

  test('auto: are left to a Prometheus monitor that is registered (Q2)', async () => {
    const prometheus = registerMonitor({ name: 'prometheus' });
    const auto = monitor({ meterProvider: sdk.meterProvider });

    new HandScope(auto).settle();
    prometheus[Symbol.dispose]();

    expect(await sdk.metrics()).toEqual([]);
  });

  test('auto: stop and go on as a Prometheus monitor comes and goes (Q2)', async () => {
    const auto = monitor({ meterProvider: sdk.meterProvider });
    const openedAfter = async (scopes: number): Promise<unknown> => {
      for (let round = 0; round < scopes; round++) new HandScope(auto).settle();
      return points(await sdk.metrics(), 'cancellation.scopes_opened')[LOAD] ?? 0;
    };

    const first = registerMonitor({ name: 'prometheus' });
    const beside = await openedAfter(100);
    first[Symbol.dispose]();
    const alone = await openedAfter(100);
    const second = registerMonitor({ name: 'prometheus' });
    const noticed = await openedAfter(100);
    const besideAgain = await openedAfter(100);
    second[Symbol.dispose]();

    expect(beside).toBe(0);
    expect(alone).toBeGreaterThan(0);
    expect(besideAgain).toBe(noticed);
  });

  test('on: are sent beside a Prometheus monitor', async () => {
    const prometheus = registerMonitor({ name: 'prometheus' });
    const on = monitor({ metrics: 'on', meterProvider: sdk.meterProvider });

    new HandScope(on).settle();
    prometheus[Symbol.dispose]();

    expect(points(await sdk.metrics(), 'cancellation.scopes_opened')).toEqual({ [LOAD]: 1 });
  });

  test('off: are not sent', async () => {
    new HandScope(monitor({ metrics: 'off', spans: 'all', meterProvider: sdk.meterProvider })).settle();

    expect(await sdk.metrics()).toEqual([]);
  });

  test('stop when the monitor is unregistered', async () => {
    const stopped = monitor({ meterProvider: sdk.meterProvider });
    new HandScope(stopped).settle();

    stopped.detached?.();

    expect(Object.keys(points(await sdk.metrics(), 'cancellation.scopes_active'))).toEqual([]);
  });
});
