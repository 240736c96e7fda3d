import { describe, expect, test } from 'vitest';
import { causeOf, scopeInfo } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

describe('cancels', () => {
  test('counts requests by reason, thread and result', () => {
    const { backend, monitor } = setUpMetrics();
    const token = { id: 't1', name: 'stop' };
    const request = { token, reason: 'disconnect', sourceThread: 'main', cause: undefined } as const;

    for (const result of ['accepted', 'redundant', 'redundant'] as const) {
      monitor.cancelRequested?.({ ...request, result });
    }

    expect(backend.counter('cancellation_requests_total{disconnect,main,accepted}')).toBe(1);
    expect(backend.counter('cancellation_requests_total{disconnect,main,redundant}')).toBe(2);
  });

  test('records how many tokens a cancel reached, by the reason of its root', () => {
    const { backend, monitor } = setUpMetrics();
    const cause = causeOf('parent', { rootReason: 'timeout' });

    monitor.tokenCancelled?.({ token: { id: 't1', name: 'stop' }, cause, targets: 42 });

    expect(backend.samples('cancellation_propagation_width{timeout}')).toEqual([42]);
  });

  test('records delivery by boundary and thread', () => {
    const { backend, monitor } = setUpMetrics();
    const event = { cause: causeOf('manual'), boundary: 'thread', sourceThread: 'worker', depth: 0 } as const;

    monitor.cancelDelivered?.(scopeInfo('job'), { ...event, requestedAt: 10, deliveredAt: 20 });

    expect(backend.samples('cancellation_delivery_seconds{thread,worker}')).toEqual([0.01]);
  });

  test('records acknowledgement from delivery on', () => {
    const { backend, monitor } = setUpMetrics();
    const event = { requestedAt: 10, deliveredAt: 20, acknowledgedAt: 270, mechanism: 'poll' } as const;

    monitor.cancelAcknowledged?.(scopeInfo('job'), event);

    expect(backend.samples('cancellation_acknowledge_seconds{job}')).toEqual([0.25]);
  });

  test('keeps at most 500 edges apart, and counts the others as one', () => {
    const { backend, monitor } = setUpMetrics();
    const names = Array.from({ length: 40 }, (_, index) => `scope-${index}`);

    for (const source of names) {
      for (const target of names) monitor.propagated?.({ source, target, boundary: 'local', result: 'delivered' });
    }

    expect(backend.seriesOf('cancellation_propagations_total')).toHaveLength(501);
    expect(backend.counter('cancellation_propagations_total{_OTHER,_OTHER,local,delivered}')).toBe(1_100);
  });

  test.each(['thread', 'process', 'network'] as const)(
    'has a 0 for everything that can become of a cancel over the boundary %s once an edge crosses it (CM2)',
    (boundary) => {
      const { backend, monitor } = setUpMetrics();
      const counts = (): unknown[] =>
        ['delivered', 'late', 'dropped'].map((result) =>
          backend.counter(`cancellation_propagations_total{request,resize,${boundary},${result}}`),
        );

      monitor.propagated?.({ source: 'request', target: 'resize', boundary: 'local', result: 'delivered' });
      const before = counts();
      monitor.propagated?.({ source: 'request', target: 'resize', boundary, result: 'delivered' });

      expect(before).toEqual([undefined, undefined, undefined]);
      expect(counts()).toEqual([1, 0, 0]);
    },
  );

  test('has no series for what cannot become of a cancel that stays in its thread (CM2)', () => {
    const { backend, monitor } = setUpMetrics();

    monitor.propagated?.({ source: 'request', target: 'query', boundary: 'local', result: 'delivered' });

    expect(backend.seriesOf('cancellation_propagations_total')).toEqual([
      'cancellation_propagations_total{request,query,local,delivered}',
    ]);
  });

  test('bounds source threads to 20 names', () => {
    const { backend, monitor } = setUpMetrics();
    const event = { cause: causeOf('manual'), requestedAt: 1, deliveredAt: 2, boundary: 'thread', depth: 0 } as const;

    for (let i = 0; i < 1_000; i++) {
      monitor.cancelDelivered?.(scopeInfo('job'), { ...event, sourceThread: `thread-${i}` });
    }

    expect(backend.seriesOf('cancellation_delivery_seconds')).toHaveLength(21);
  });

  test('counts methods of a closed set', () => {
    const { backend, monitor } = setUpMetrics();

    for (const method of ['POST', 'BREW', 'FOO']) monitor.clientDisconnected?.({ method, phase: 'before_headers' });

    expect(backend.counter('cancellation_http_disconnects_total{POST,before_headers}')).toBe(1);
    expect(backend.counter('cancellation_http_disconnects_total{_OTHER,before_headers}')).toBe(2);
  });
});
