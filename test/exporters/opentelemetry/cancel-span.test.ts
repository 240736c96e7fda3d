import { context, SpanKind, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTelemetryMonitor, type OpenTelemetryMonitorOptions } from '../../../src/exporters/opentelemetry/index.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';
import { causeOf, enableContexts, HandScope, type MemorySdk, memorySdk, onWall } from './harness.ts';

let sdk: MemorySdk;

beforeEach(() => {
  enableContexts();
  sdk = memorySdk();
});

afterEach(() => context.disable());

function monitor(options: OpenTelemetryMonitorOptions = {}): Monitor {
  const { tracerProvider, loggerProvider } = sdk;
  return openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off', ...options });
}

describe('the span of a cancel', () => {
  test('is made afterwards, under the span of the scope, from request to end (K1, X2)', () => {
    new HandScope(monitor()).cancelAndSettle('manual');

    const span = sdk.span('cancel load');
    expect(span.parentSpanContext?.spanId).toBe(sdk.span('load').spanContext().spanId);
    expect(span.startTime).toEqual(onWall(1_010));
    expect(span.endTime).toEqual(onWall(1_020));
    expect(span.kind).toBe(SpanKind.INTERNAL);
  });

  test('carries the phases, the targets and the thread of the source', () => {
    new HandScope(monitor()).cancelAndSettle('manual');

    expect(sdk.span('cancel load').attributes).toMatchObject({
      'cancellation.delivery.duration': 0.001,
      'cancellation.acknowledge.duration': 0.004,
      'cancellation.settle.duration': 0.005,
      'cancellation.latency': 0.01,
      'cancellation.ack.mechanism': 'throw',
      'cancellation.boundary': 'local',
      'cancellation.depth': 0,
      'cancellation.targets': 3,
      'thread.id': 0,
      'thread.name': 'main',
      'cancellation.source.thread.id': 0,
      'cancellation.source.thread.name': 'main',
    });
  });

  test('links from the cancelled to the canceller, and to the root cause (K1)', () => {
    const made = monitor();
    const tracer = sdk.tracerProvider.getTracer('test');
    const [canceller, origin] = [tracer.startSpan('canceller'), tracer.startSpan('origin')];
    const scope = new HandScope(made);
    const root = causeOf('manual', { spanContext: origin.spanContext() });

    const cause = context.with(trace.setSpan(context.active(), canceller), () =>
      scope.cause('parent', { parent: root }),
    );
    scope.settle({ cause: scope.cancel(cause) });

    expect(
      sdk.span('cancel load').links.map((link) => [link.attributes?.['cancellation.link.type'], link.context.spanId]),
    ).toEqual([
      ['canceller', canceller.spanContext().spanId],
      ['root_cause', origin.spanContext().spanId],
    ]);
  });

  test('links once where canceller and root cause are the same span (K2)', () => {
    const scope = new HandScope(monitor());
    const canceller = sdk.tracerProvider.getTracer('test').startSpan('canceller');

    const cause = context.with(trace.setSpan(context.active(), canceller), () => scope.cause('manual'));
    scope.settle({ cause: scope.cancel(cause) });

    expect(sdk.span('cancel load').links).toHaveLength(1);
  });

  test('links to nothing that is no span (K2)', () => {
    const scope = new HandScope(monitor());
    const spanContext = { traceId: 'nonsense', spanId: '', traceFlags: 1 };

    scope.settle({ cause: scope.cancel(scope.cause('manual', { spanContext })) });

    expect(sdk.span('cancel load').links).toEqual([]);
  });

  test('is left out where the request would be after the end', () => {
    const scope = new HandScope(monitor());

    scope.settle({ cause: scope.cancel(scope.cause('manual')), settledAt: 1_002 });

    expect(sdk.spans().map((span) => span.name)).toEqual(['load']);
  });

  test.each([
    [true, 'user pressed stop'],
    [false, undefined],
  ])('shows the message when messages is %s (A3)', (messages, expected) => {
    const scope = new HandScope(monitor({ messages }));

    scope.settle({ cause: scope.cancel(scope.cause('manual', { message: 'user pressed stop' })) });

    expect(sdk.span('cancel load').attributes['cancellation.message']).toBe(expected);
    expect(sdk.span('load').attributes['cancellation.message']).toBe(expected);
  });

  test('cuts the message to 256 characters (A3)', () => {
    const scope = new HandScope(monitor({ messages: true }));

    scope.settle({ cause: scope.cancel(scope.cause('manual', { message: 'x'.repeat(5_000) })) });

    expect(sdk.span('cancel load').attributes['cancellation.message']).toBe('x'.repeat(256));
  });
});
