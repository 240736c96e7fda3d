import { describe, expect, test } from 'vitest';
import { SCOPE_OUTCOMES } from '../../src/token/index.ts';
import { sendEveryEvent } from '../support/every-event.ts';
import { causeOf, phasesOf, sampledSpan, scopeInfo, settled } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

describe('latency', () => {
  test.each([
    ['cancelled', 0.25],
    ['ignored', 0.25],
    ['failed', 0.25],
    ['abandoned', 0.25],
  ] as const)('runs from request to settle for a scope that was cancelled and ended %s', (outcome, seconds) => {
    const { backend, monitor } = setUpMetrics();
    const cancel = { cause: causeOf('manual'), phases: phasesOf(100, 100, 120) };

    monitor.scopeSettled?.(scopeInfo('job'), settled(outcome, 350, cancel));

    expect(backend.samples('cancellation_latency_seconds{job,manual}')).toEqual([seconds]);
  });

  test.each(['completed', 'failed'] as const)('is not recorded for a scope that %s uncancelled', (outcome) => {
    const { backend, monitor } = setUpMetrics();

    monitor.scopeSettled?.(scopeInfo('job'), settled(outcome, 350));

    expect(backend.seriesOf('cancellation_latency_seconds')).toEqual([]);
  });

  test('goes by the reason of the root', () => {
    const { backend, monitor } = setUpMetrics();
    const cause = causeOf('parent', { rootReason: 'shutdown' });

    monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 20, { cause, phases: phasesOf(10) }));

    expect(backend.seriesOf('cancellation_latency_seconds')).toEqual(['cancellation_latency_seconds{job,shutdown}']);
  });

  test('carries the span of the canceller, found at the root if the cause itself has none', () => {
    const { backend, monitor } = setUpMetrics();
    const cause = causeOf('parent', { rootReason: 'timeout', spanContext: sampledSpan });

    monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', 20, { cause, phases: phasesOf(10) }));

    expect(backend.exemplars('cancellation_latency_seconds{job,timeout}')).toEqual([sampledSpan]);
  });

  test('counts from the opening for a scope opened under an older cancel', () => {
    const { backend, monitor } = setUpMetrics();
    const cancel = { cause: causeOf('manual'), phases: phasesOf(100, 5_000, 5_000) };

    monitor.scopeSettled?.(scopeInfo('job', { openedAt: 5_000 }), settled('cancelled', 5_010, cancel));

    expect(backend.samples('cancellation_latency_seconds{job,manual}')).toEqual([0.01]);
    expect(backend.counter('cancellation_wasted_seconds_total{job,discarded}')).toBe(0);
  });

  test.each([
    ['delivered before requested', phasesOf(100, 90, 120), 350],
    ['acknowledged before delivered', phasesOf(100, 110, 105), 350],
    ['settled before acknowledged', phasesOf(100, 110, 400), 350],
    ['settled before requested', phasesOf(400), 350],
    ['no number', phasesOf(Number.NaN), 350],
  ])('drops and counts a sample whose instants are out of order: %s', (_, phases, settledAt) => {
    const { backend, monitor, dropped } = setUpMetrics();

    monitor.scopeSettled?.(scopeInfo('job'), settled('cancelled', settledAt, { cause: causeOf('manual'), phases }));

    expect(backend.samples('cancellation_latency_seconds{job,manual}')).toEqual([]);
    expect(backend.counter('cancellation_wasted_seconds_total{job,after_cancel}')).toBe(0);
    expect(backend.counter('cancellation_scopes_settled_total{job,cancelled}')).toBe(1);
    expect(dropped()).toBe(1);
  });

  test('is left out, not guessed, for a scope that was opened before anybody listened', () => {
    const { backend, monitor, dropped } = setUpMetrics();

    monitor.scopeSettled?.(scopeInfo('job'), { ...settled('cancelled', 350), cause: causeOf('manual') });

    expect(backend.seriesOf('cancellation_latency_seconds')).toEqual([]);
    expect(dropped()).toBe(0);
  });
});

describe('scopes', () => {
  test('counts opened and settled ones, and how long they took', () => {
    const { backend, monitor } = setUpMetrics();
    const scope = scopeInfo('job', { openedAt: 1_000 });

    monitor.scopeOpened?.(scope);
    monitor.scopeSettled?.(scope, settled('completed', 1_250));

    expect(backend.counter('cancellation_scopes_opened_total{job}')).toBe(1);
    expect(backend.counter('cancellation_scopes_settled_total{job,completed}')).toBe(1);
    expect(backend.samples('cancellation_scope_duration_seconds{job,completed}')).toEqual([0.25]);
  });

  test('has a zero for every outcome from the first scope on, so that the first failure shows as an increase', () => {
    const { backend, monitor } = setUpMetrics();

    monitor.scopeOpened?.(scopeInfo('job'));

    const counts = SCOPE_OUTCOMES.map((outcome) =>
      backend.counter(`cancellation_scopes_settled_total{job,${outcome}}`),
    );
    expect(counts).toEqual([0, 0, 0, 0, 0]);
  });

  test('binds nothing anew for the second scope of a name', () => {
    const { backend, monitor } = setUpMetrics();
    sendEveryEvent(monitor, 'job');
    const before = backend.bindings;

    sendEveryEvent(monitor, 'job');

    expect(backend.bindings).toBe(before);
  });

  test('splits what was wasted into before and after the request', () => {
    const { backend, monitor } = setUpMetrics();
    const cancel = { cause: causeOf('manual'), phases: phasesOf(300) };

    monitor.scopeSettled?.(scopeInfo('job', { openedAt: 100 }), settled('cancelled', 800, cancel));

    expect(backend.counter('cancellation_wasted_seconds_total{job,discarded}')).toBe(0.2);
    expect(backend.counter('cancellation_wasted_seconds_total{job,after_cancel}')).toBe(0.5);
  });

  test('goes on counting waste while a zombie runs, and counts no second twice', () => {
    const { backend, monitor } = setUpMetrics();
    const scope = scopeInfo('job');

    monitor.scopeSettled?.(scope, settled('abandoned', 500, { cause: causeOf('manual'), phases: phasesOf(250) }));
    monitor.zombieEnded?.(scope, { requestedAt: 250, abandonedAt: 500, endedAt: 2_500, result: 'threw' });

    expect(backend.counter('cancellation_wasted_seconds_total{job,after_cancel}')).toBe(2.25);
  });

  test.each([
    ['a budget half used', { openedAt: 100, deadline: 300 }, 200, [0.5]],
    ['a budget overrun', { openedAt: 100, deadline: 300 }, 600, [2.5]],
    ['no deadline', { openedAt: 100, deadline: Number.POSITIVE_INFINITY }, 200, []],
    ['no budget left at the opening', { openedAt: 100, deadline: 100 }, 200, []],
  ])('records the share of the deadline used: %s', (_, times, settledAt, expected) => {
    const { backend, monitor } = setUpMetrics();

    monitor.scopeSettled?.(scopeInfo('job', times), settled('completed', settledAt));

    expect(backend.samples('cancellation_deadline_used_ratio{job}')).toEqual(expected);
  });

  test.each(SCOPE_OUTCOMES.filter((outcome) => outcome !== 'completed'))(
    'leaves a scope that was %s out of the share of deadlines used: it would hide how near success is (SM5)',
    (outcome) => {
      const { backend, monitor } = setUpMetrics();
      const scope = scopeInfo('job', { openedAt: 100, deadline: 300 });
      const cancel = { cause: causeOf('timeout'), phases: phasesOf(300) };

      monitor.scopeSettled?.(scope, settled(outcome, 301, outcome === 'failed' ? undefined : cancel));
      monitor.scopeSettled?.(scope, settled('completed', 280));

      expect(backend.samples('cancellation_deadline_used_ratio{job}')).toEqual([0.9]);
    },
  );

  test('records a shield only when a cancel waited behind it', () => {
    const { backend, monitor } = setUpMetrics();

    for (const deferredMs of [0, 250]) monitor.shieldLeft?.(scopeInfo('job'), { deferredMs });

    expect(backend.samples('cancellation_shield_seconds{job}')).toEqual([0.25]);
  });

  test('counts a failed listener of a token without a scope as _OTHER', () => {
    const { backend, monitor } = setUpMetrics();
    const token = { id: 't1', name: 'stop' };

    monitor.listenerFailed?.({ token, scopeName: undefined, error: new Error('listener') });

    expect(backend.counter('cancellation_listener_errors_total{_OTHER}')).toBe(1);
  });
});
