import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { configureTelemetry, registry } from '../../src/index.ts';
import { RemoteScopes } from '../../src/instrumentation/index.ts';
import { sharedSlot, systemClock } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';
import { monitorInTest, record } from '../support/record.ts';
import {
  batch,
  cause,
  DELIVERED,
  life,
  ORIGIN,
  PHASES,
  remoteReadings,
  SETTLED,
  threadsForTests,
  wireScope,
} from './remote-batches.ts';

guardLeaks();
const thread = threadsForTests();

describe('V6: a thread that ends', () => {
  test('takes its scopes along: cancelled those that had been, failed the others', () => {
    const recorded = record();
    const from = new RemoteScopes(() => ORIGIN);
    from.receive(batch([...life('w-1').slice(0, 3), ['scopeOpened', wireScope('w-2', { name: 'encode' }), {}]]));
    const before = systemClock.now();

    from.end();

    const [cancelled, failed] = recorded.of('scopeSettled');
    expect(recorded.of('scopeSettled')).toHaveLength(2);
    expect(cancelled).toMatchObject({ outcome: 'cancelled', error: undefined, ownDeadline: false });
    expect(cancelled?.cause?.toJSON()).toEqual(cause);
    expect(failed).toMatchObject({ outcome: 'failed', cause: undefined, phases: undefined });
    expect(failed?.error).toMatchObject({ message: expect.stringMatching(/thread/) });
    expect(cancelled?.settledAt).toBeGreaterThanOrEqual(before);
    expect(remoteReadings()).toEqual([]);
  });

  test('with all that was known of the cancel, so that its latency counts', () => {
    const { backend, monitor, dropped } = setUpMetrics();
    monitorInTest(monitor);
    const recorded = record();
    const from = new RemoteScopes(() => ORIGIN);
    from.receive(batch(life('w-1').slice(0, 3)));

    from.end();

    const [settled] = recorded.of('scopeSettled');
    const { requestedAt = NaN, deliveredAt = NaN, acknowledgedAt = NaN } = settled?.phases ?? {};
    expect(settled?.phases).toMatchObject({ mechanism: 'listener', depth: 0, boundary: 'thread' });
    expect([requestedAt, deliveredAt, acknowledgedAt].map(Math.round)).toEqual([110, 111, 112]);
    expect(backend.samples('cancellation_latency_seconds{render,shutdown}')).toHaveLength(1);
    expect(dropped()).toBe(0);
  });

  test('is no slow cancel afterwards', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const recorded = record();
    const from = new RemoteScopes(() => ORIGIN);
    const now = systemClock.now();
    from.receive(
      batch([
        ['scopeOpened', wireScope('w-1', { openedAt: now }), {}],
        ['cancelDelivered', 'w-1', { ...DELIVERED, requestedAt: now, deliveredAt: now }],
      ]),
    );

    from.end();
    vi.advanceTimersByTime(60_000);

    expect(recorded.of('cancelSlow')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends its zombies, which have settled already', () => {
    const recorded = record();
    const from = new RemoteScopes(() => ORIGIN);
    from.receive(
      batch([
        ...life('w-1').slice(0, 2),
        ['scopeSettled', 'w-1', { ...SETTLED, outcome: 'abandoned' }],
        ['zombieDetected', 'w-1', { cause, abandonedAt: 120 }],
      ]),
    );

    from.end();

    expect(recorded.of('scopeSettled')).toHaveLength(1);
    expect(recorded.of('zombieEnded')).toMatchObject([{ result: 'threw' }]);
    expect(remoteReadings()).toEqual([]);
  });

  test('is over for good: again changes nothing', () => {
    const recorded = record();
    const from = new RemoteScopes(() => ORIGIN);
    from.receive(batch(life('w-1').slice(0, 1)));

    const threads = sharedSlot('remote scopes', () => new Set<RemoteScopes>());
    const known = threads.size;
    from.end();
    from.end();

    expect(recorded.of('scopeSettled')).toHaveLength(1);
    expect(threads.size).toBe(known - 1);
  });
});

describe('history and detectors', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    configureTelemetry({ slowMs: 500 });
  });

  test('keep an ended scope of another thread like one of this', () => {
    record();

    thread().receive(batch(life('w-history')));

    expect(registry.history()[0]).toMatchObject({ id: 'w-history', name: 'render', outcome: 'cancelled' });
    expect(registry.cancel('w-history')).toBe('settled');
  });

  test('find a slow cancel there once, while it runs', () => {
    const recorded = record();
    const from = thread();
    const now = systemClock.now();
    from.receive(batch([['scopeOpened', wireScope('w-1', { openedAt: now }), {}]]));
    from.receive(batch([['cancelDelivered', 'w-1', { ...DELIVERED, requestedAt: now, deliveredAt: now }]]));

    vi.advanceTimersByTime(499);
    const early = recorded.of('cancelSlow').length;
    vi.advanceTimersByTime(60_000);
    from.receive(batch([['scopeSettled', 'w-1', { ...SETTLED, settledAt: now + 60_499 }]]));

    expect(early).toBe(0);
    expect(recorded.of('cancelSlow')).toHaveLength(1);
    expect(recorded.sequence('render')).toEqual(['scopeOpened', 'cancelDelivered', 'cancelSlow', 'scopeSettled']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('find one that ignored its cancel there once', () => {
    const recorded = record();
    const phases = { ...PHASES, acknowledgedAt: undefined, mechanism: undefined };

    thread().receive(
      batch([
        ...life('w-1').slice(0, 2),
        ['scopeSettled', 'w-1', { ...SETTLED, outcome: 'ignored', settledAt: 400, phases }],
      ]),
    );

    expect(recorded.of('scopeIgnoredCancel')).toHaveLength(1);
  });
});
