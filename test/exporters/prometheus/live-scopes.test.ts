import { afterEach, describe, expect, test } from 'vitest';
import { prometheusMonitor } from '../../../src/exporters/prometheus/index.ts';
import { registerMonitor } from '../../../src/instrumentation/index.ts';
import { cancelScope, CancellationToken, type SpanContextData } from '../../../src/token/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { CLIENTS, OPEN_METRICS } from '../../support/client-packages.ts';
import { type Exposition, parseExposition } from '../../support/exposition.ts';
import { sampledSpan } from '../../support/lifecycle-events.ts';

const registered: Disposable[] = [];
afterEach(() => {
  for (const off of registered.splice(0)) off[Symbol.dispose]();
});

/** Work that waits until it is let go. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe.each(CLIENTS)('real scopes, with %s', (_, client) => {
  function setUp(spanContext?: () => SpanContextData | undefined) {
    const registry = new client.Registry(OPEN_METRICS);
    const monitor = prometheusMonitor({ registry, ...(spanContext !== undefined && { spanContext }) });
    const off = registerMonitor(monitor);
    registered.push(off);
    const scrape = async (): Promise<Exposition> => parseExposition(await registry.metrics());
    return { registry, off, scrape, clock: virtualClock() };
  }

  test('count when they complete', async () => {
    const { scrape } = setUp();

    await cancelScope('Load report', () => 'rows');
    const { value } = await scrape();

    expect(value('cancellation_scopes_opened_total', { scope: 'load_report' })).toBe(1);
    expect(value('cancellation_scopes_settled_total', { scope: 'load_report', outcome: 'completed' })).toBe(1);
    expect(value('cancellation_scopes_active', { scope: 'load_report' })).toBe(0);
  });

  test('show as pending, with their age, between the cancel and their end', async () => {
    const { clock, scrape } = setUp();
    const stop = new CancellationToken({ name: 'stop', clock });
    const body = gate();
    const scope = cancelScope('job', { token: stop, clock }, () => body.opened).catch(() => undefined);
    await clock.advance(1_000);

    stop.cancel('shutdown');
    await clock.advance(2_500);
    const during = await scrape();
    body.open();
    await scope;
    const after = await scrape();

    expect(during.value('cancellation_scopes_active', { scope: 'job' })).toBe(1);
    expect(during.value('cancellation_pending', { scope: 'job' })).toBe(1);
    expect(during.value('cancellation_oldest_pending_seconds', { scope: 'job' })).toBe(2.5);
    expect(after.value('cancellation_pending', { scope: 'job' })).toBe(0);
    expect(after.value('cancellation_latency_seconds_sum', { scope: 'job', reason: 'shutdown' })).toBe(2.5);
    expect(after.value('cancellation_scopes_settled_total', { scope: 'job', outcome: 'ignored' })).toBe(1);
  });

  test('count under the reason of the root when an outer budget ends them, with nothing dropped', async () => {
    const { clock, scrape } = setUp();

    const outer = cancelScope('outer', { timeoutMs: 100, clock }, () =>
      cancelScope('inner', { clock }, (scope) => scope.race(new Promise(() => {}))),
    ).catch(() => undefined);
    await clock.advance(100);
    await outer;
    const { find, value } = await scrape();

    expect(value('cancellation_latency_seconds_count', { scope: 'inner', reason: 'timeout' })).toBe(1);
    expect(value('cancellation_latency_seconds_count', { scope: 'outer', reason: 'timeout' })).toBe(1);
    expect(value('cancellation_propagations_total', { source: 'outer', target: 'inner', result: 'delivered' })).toBe(1);
    expect(find('cancellation_deadline_used_ratio_count')).toEqual([]);
    expect(value('cancellation_monitor_events_total', { monitor: 'prometheus', result: 'dropped' })).toBe(0);
    expect(value('cancellation_monitor_events_total', { monitor: 'prometheus', result: 'error' })).toBe(0);
  });

  test('that complete show how much of their budget they used', async () => {
    const { clock, scrape } = setUp();
    const body = gate();

    const scope = cancelScope('job', { timeoutMs: 100, clock }, () => body.opened);
    await clock.advance(75);
    body.open();
    await scope;
    const { value } = await scrape();

    expect(value('cancellation_deadline_used_ratio_sum', { scope: 'job' })).toBe(0.75);
    expect(value('cancellation_deadline_used_ratio_count', { scope: 'job' })).toBe(1);
  });

  test('show as zombies from the end of their grace until their body ends', async () => {
    const { clock, scrape } = setUp();
    const body = gate();
    const scope = cancelScope('job', { timeoutMs: 100, graceMs: 50, clock }, () => body.opened).catch(() => undefined);

    await clock.advance(150);
    await scope;
    const during = await scrape();
    await clock.advance(1_000);
    body.open();
    await clock.advance(0);
    const after = await scrape();

    expect(during.value('cancellation_zombies', { scope: 'job' })).toBe(1);
    expect(during.value('cancellation_pending', { scope: 'job' })).toBe(0);
    expect(during.value('cancellation_latency_seconds_sum', { scope: 'job' })).toBe(0.05);
    expect(after.value('cancellation_zombies', { scope: 'job' })).toBe(0);
    expect(after.value('cancellation_latency_seconds_count', { scope: 'job' })).toBe(1);
    expect(after.value('cancellation_wasted_seconds_total', { scope: 'job', kind: 'after_cancel' })).toBe(1.05);
  });

  test('lead to the span that was active where the cancel was called', async () => {
    const { clock, scrape } = setUp(() => sampledSpan);
    const stop = new CancellationToken({ name: 'stop', clock });

    const scope = cancelScope('job', { token: stop, clock }, (scope) => scope.race(new Promise(() => {}))).catch(
      () => undefined,
    );
    stop.cancel();
    await scope;
    const { samples } = await scrape();

    const exemplars = samples.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [exemplar.labels]));
    expect(exemplars).toEqual([{ trace_id: sampledSpan.traceId, span_id: sampledSpan.spanId }]);
  });

  test('leave what other monitors counted, also after those are gone (MC1)', async () => {
    const { scrape } = setUp();
    const other = registerMonitor({ name: 'audit', scopeSettled: () => {} });
    await cancelScope('job', () => undefined);
    const labels = { monitor: 'audit', result: 'ok' };

    const before = (await scrape()).value('cancellation_monitor_events_total', labels);
    other[Symbol.dispose]();
    const after = (await scrape()).value('cancellation_monitor_events_total', labels);

    expect(before).toBeGreaterThan(0);
    expect(after).toBe(before);
  });

  test('leave the registry when the monitor is unregistered, and make room for another', async () => {
    const { registry, off } = setUp();

    off[Symbol.dispose]();
    const left = await registry.getMetricsAsJSON();
    registered.push(registerMonitor(prometheusMonitor({ registry })));
    await cancelScope('job', () => undefined);
    const { value } = parseExposition(await registry.metrics());

    expect(left).toEqual([]);
    expect(value('cancellation_scopes_opened_total', { scope: 'job' })).toBe(1);
  });
});
