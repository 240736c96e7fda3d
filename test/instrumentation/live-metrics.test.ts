import { describe, expect, test } from 'vitest';
import type { ScopeReading } from '../../src/instrumentation/readings.ts';
import type { Clock } from '../../src/token/index.ts';
import { scopeInfo, settled } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

function clockAt(now: number): Clock {
  return { now: () => now } as Clock;
}

function openScope(name: string, scope: Partial<ScopeReading> = {}): ScopeReading {
  return { name, requestedAt: undefined, clock: clockAt(10_000), zombie: false, ...scope };
}

describe('gauges', () => {
  test('count open, pending and zombie scopes when they are read, not before', () => {
    const open = [
      openScope('job'),
      openScope('job', { requestedAt: 7_500 }),
      openScope('job', { requestedAt: 9_000 }),
      openScope('job', { requestedAt: 1_000, zombie: true }),
    ];
    const { backend } = setUpMetrics({ sources: { openScopes: () => open } });

    const first = backend.readings('cancellation_scopes_active');
    open.length = 1;

    expect(first).toEqual({ job: 3 });
    expect(backend.readings('cancellation_scopes_active')).toEqual({ job: 1 });
  });

  test('tell pending scopes and the age of the oldest one from zombies', () => {
    const open = [
      openScope('job', { requestedAt: 7_500 }),
      openScope('job', { requestedAt: 9_000 }),
      openScope('job', { requestedAt: 1_000, zombie: true }),
    ];
    const { backend } = setUpMetrics({ sources: { openScopes: () => open } });

    const read = ['pending', 'oldest_pending_seconds', 'zombies'].map((name) =>
      backend.readings(`cancellation_${name}`),
    );

    expect(read).toEqual([{ job: 2 }, { job: 2.5 }, { job: 1 }]);
  });

  test('go on reporting 0 for a name seen before', () => {
    const { backend, monitor } = setUpMetrics();

    monitor.scopeOpened?.(scopeInfo('job'));

    const names = ['scopes_active', 'pending', 'oldest_pending_seconds', 'zombies'];
    expect(names.map((name) => backend.readings(`cancellation_${name}`))).toEqual(names.map(() => ({ job: 0 })));
  });

  test('add up the names that share _OTHER', () => {
    const open = ['a', 'b', 'c'].map((name) => openScope(name));
    const { backend } = setUpMetrics({ max: 1, sources: { openScopes: () => open } });

    expect(backend.readings('cancellation_scopes_active')).toEqual({ a: 1, _OTHER: 2 });
  });

  test('read tokens, listeners and the version', () => {
    const { backend } = setUpMetrics({ sources: { live: () => ({ tokens: 3, listeners: 4 }) } });

    expect(backend.readings('cancellation_tokens_active')).toEqual({ '': 3 });
    expect(backend.readings('cancellation_listeners_active')).toEqual({ '': 4 });
    expect(backend.readings('cancellation_build_info')).toEqual({ '1.2.3': 1 });
  });

  test('cost their own readings when a source throws, and never the collection', () => {
    const openScopes = (): never => {
      throw new Error('clock broke');
    };
    const { backend, dropped } = setUpMetrics({ sources: { openScopes } });

    const readings = backend.readings('cancellation_scopes_active');

    expect(readings).toEqual({});
    expect(dropped()).toBe(1);
  });

  test('leave out an age that is no number', () => {
    const open = [openScope('job', { requestedAt: 1, clock: clockAt(Number.NaN) })];
    const { backend, dropped } = setUpMetrics({ sources: { openScopes: () => open } });

    const readings = backend.readings('cancellation_oldest_pending_seconds');

    expect(readings).toEqual({});
    expect(dropped()).toBe(1);
  });
});

describe('monitor events', () => {
  test('joins what the hub counted with the samples dropped here', () => {
    const counted = [
      { monitor: 'test', result: 'ok', count: 10 },
      { monitor: 'test', result: 'dropped', count: 2 },
      { monitor: 'console', result: 'error', count: 1 },
    ] as const;
    const { backend, monitor } = setUpMetrics({ sources: { monitorEvents: () => counted } });

    monitor.scopeSettled?.(scopeInfo('job'), settled('completed', Number.NaN));

    expect(backend.readings('cancellation_monitor_events_total')).toEqual({
      'test,ok': 10,
      'test,dropped': 3,
      'console,error': 1,
    });
  });

  test('bounds monitor names to 20, its own always among them', () => {
    const counted = Array.from(
      { length: 100 },
      (_, index) => ({ monitor: `m${index}`, result: 'ok', count: 1 }) as const,
    );
    const { backend } = setUpMetrics({ sources: { monitorEvents: () => counted } });

    const readings = backend.readings('cancellation_monitor_events_total');

    expect(Object.keys(readings)).toHaveLength(21);
    expect(readings).toMatchObject({ 'test,dropped': 0, '_OTHER,ok': 81 });
  });
});
