import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { AlwaysOffSampler, AlwaysOnSampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTelemetryMonitor, type OpenTelemetryMonitorOptions } from '../../../src/exporters/opentelemetry/index.ts';
import { VERSION, type Monitor } from '../../../src/instrumentation/index.ts';
import { causeOf, enableContexts, HandScope, type MemorySdk, memorySdk, onWall, steadyClock } from './harness.ts';

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

describe('the span of a scope', () => {
  test('is active while the body runs and ends with the scope (X1)', () => {
    const scope = new HandScope(monitor(), { name: 'load-report' });

    const active = scope.run(() => trace.getActiveSpan()?.spanContext().spanId);
    const afterwards = trace.getActiveSpan();
    scope.settle();

    const span = sdk.span('load-report');
    expect(active).toBe(span.spanContext().spanId);
    expect(afterwards).toBeUndefined();
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.startTime).toEqual(onWall(1_000));
    expect(span.endTime).toEqual(onWall(1_020));
    expect(span.attributes).toEqual({
      'cancellation.scope.name': 'load-report',
      'cancellation.scope.id': scope.info.id,
      'cancellation.outcome': 'completed',
    });
  });

  test('is active again in every run of an opened scope (X1)', () => {
    const scope = new HandScope(monitor());
    const other = sdk.tracerProvider.getTracer('test').startSpan('other');

    const ids = [context.active(), trace.setSpan(context.active(), other)].map((at) =>
      context.with(at, () => scope.run(() => trace.getActiveSpan()?.spanContext().spanId)),
    );
    scope.settle();

    const { spanId } = sdk.span('load').spanContext();
    expect(ids).toEqual([spanId, spanId]);
  });

  test('hangs on the span that was active where the scope was opened', () => {
    const made = monitor();

    const outer = new HandScope(made, { name: 'outer' });
    const inner = outer.run(() => new HandScope(made, { name: 'inner' })) as HandScope;
    inner.settle();
    outer.settle();

    expect(sdk.span('inner').parentSpanContext?.spanId).toBe(sdk.span('outer').spanContext().spanId);
    expect(sdk.span('outer').parentSpanContext).toBeUndefined();
  });

  test('names the package, its version and a schema (P3)', () => {
    new HandScope(monitor()).settle();

    expect(sdk.span('load').instrumentationScope).toEqual({
      name: 'cancelscope',
      version: VERSION,
      schemaUrl: 'https://opentelemetry.io/schemas/1.41.0',
    });
  });

  test('carries the deadline budget in seconds', () => {
    new HandScope(monitor(), { deadline: 1_500 }).settle();

    expect(sdk.span('load').attributes['cancellation.deadline.budget']).toBe(0.5);
  });

  test('carries the attributes of the scope, but none that is no attribute (A1) or stands for ours (A2)', () => {
    const attributes = { tenant: 'a', size: 3, hot: true, bad: { deep: 1 }, worse: Number.NaN, 'cancellation.id': 'x' };

    new HandScope(monitor(), { attributes }).settle();

    const seen = sdk.span('load').attributes;
    expect(seen).toMatchObject({ tenant: 'a', size: 3, hot: true });
    expect(Object.keys(seen)).not.toContain('bad');
    expect(Object.keys(seen)).not.toContain('worse');
    expect(Object.keys(seen)).not.toContain('cancellation.id');
  });

  test('says why it was cancelled, and at the root', () => {
    const scope = new HandScope(monitor());
    const root = causeOf('shutdown', { token: { id: 't-1', name: 'drain' }, via: ['SIGTERM'] });

    scope.settle({ cause: scope.cancel(scope.cause('parent', { parent: root })) });

    expect(sdk.span('load').attributes).toMatchObject({
      'cancellation.outcome': 'cancelled',
      'cancellation.reason': 'parent',
      'cancellation.root_reason': 'shutdown',
      'cancellation.id': 't-1',
      'cancellation.depth': 0,
      'cancellation.via': ['SIGTERM'],
    });
  });

  test('ends also when the monitor is unregistered first', () => {
    const made = monitor();
    new HandScope(made);

    made.detached?.();

    expect(sdk.span('load').ended).toBe(true);
  });

  test('keeps the order of its instants when the wall clock jumps back meanwhile (T1)', () => {
    const clock = { ...steadyClock(), step: 0 };
    clock.toWallTime = (now) => 1_700_000_000_000 + now - clock.step;
    const scope = new HandScope(monitor(), { clock });

    clock.step = 60_000;
    scope.cancelAndSettle('manual');

    expect(sdk.span('load').duration).toEqual([0, 20_000_000]);
    expect(sdk.span('cancel load').startTime).toEqual(onWall(1_010));
    expect(sdk.span('cancel load').duration).toEqual([0, 10_000_000]);
  });
});

describe('spans: cancelled', () => {
  test('makes nothing of a scope that was not cancelled', () => {
    const made = monitor({ spans: 'cancelled' });

    new HandScope(made).settle();
    new HandScope(made).settle({ outcome: 'failed', error: new Error('no') });

    expect(sdk.spans()).toEqual([]);
  });

  test('does not wrap the body', () => {
    expect(monitor({ spans: 'cancelled' }).runScope).toBeUndefined();
  });

  test('makes both spans of a cancelled scope afterwards, with start and end, where it was opened (X2)', () => {
    const opener = sdk.tracerProvider.getTracer('test').startSpan('opener');
    const made = monitor({ spans: 'cancelled' });

    const scope = context.with(trace.setSpan(context.active(), opener), () => new HandScope(made));
    scope.cancelAndSettle('manual');

    const span = sdk.span('load');
    expect(span.parentSpanContext?.spanId).toBe(opener.spanContext().spanId);
    expect([span.startTime, span.endTime]).toEqual([onWall(1_000), onWall(1_020)]);
    expect(sdk.span('cancel load').parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  });

  test('makes nothing in a trace that is not sampled, even if the sampler would (X3)', () => {
    sdk = memorySdk({ sampler: new AlwaysOnSampler() });
    const unsampled = trace.wrapSpanContext({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0 });
    const made = monitor({ spans: 'cancelled' });

    const scope = context.with(trace.setSpan(context.active(), unsampled), () => new HandScope(made));
    scope.cancelAndSettle('manual');

    expect(sdk.spans()).toEqual([]);
  });
});

describe('spans: none', () => {
  test('makes none, and still tells causes where the canceller is', () => {
    const made = monitor({ spans: 'none' });
    const canceller = sdk.tracerProvider.getTracer('test').startSpan('canceller');

    new HandScope(made).cancelAndSettle('manual');
    const told = context.with(trace.setSpan(context.active(), canceller), () => made.spanContext?.());

    const { traceId, spanId } = canceller.spanContext();
    expect(sdk.spans()).toEqual([]);
    expect(told).toEqual({ traceId, spanId, traceFlags: 1 });
    expect(made.spanContext?.()).toBeUndefined();
  });
});

describe('no late spans (X3)', () => {
  test.each(['all', 'cancelled'] as const)('where tracing is suppressed (%s)', (spans) => {
    const made = monitor({ spans });

    const scope = context.with(suppressTracing(context.active()), () => new HandScope(made));
    scope.cancelAndSettle('manual');

    expect(sdk.spans()).toEqual([]);
  });

  test('where the scope is recorded, but not sampled', () => {
    const { RECORD, RECORD_AND_SAMPLED } = SamplingDecision;
    const shouldSample = (_context: unknown, _traceId: string, name: string): { decision: SamplingDecision } => ({
      decision: name === 'load' ? RECORD : RECORD_AND_SAMPLED,
    });
    sdk = memorySdk({ sampler: { shouldSample } });

    new HandScope(monitor()).cancelAndSettle('manual');

    expect(sdk.spans()).toEqual([]);
  });

  test('where the scope is not sampled', () => {
    sdk = memorySdk({ sampler: new AlwaysOffSampler() });

    new HandScope(monitor()).cancelAndSettle('manual');

    expect(sdk.spans()).toEqual([]);
  });
});

describe('ignore', () => {
  test('leaves a scope out, and what is in it hangs on the next one out', () => {
    const made = monitor({ ignore: (scope) => scope.name === 'noise' });

    const outer = new HandScope(made, { name: 'outer' });
    const noise = outer.run(() => new HandScope(made, { name: 'noise' })) as HandScope;
    const inner = outer.run(() => noise.run(() => new HandScope(made, { name: 'inner' }))) as HandScope;
    inner.settle();
    noise.cancelAndSettle('manual');
    outer.settle();

    expect(sdk.spans().map((span) => span.name)).toEqual(['inner', 'outer']);
    expect(sdk.span('inner').parentSpanContext?.spanId).toBe(sdk.span('outer').spanContext().spanId);
    expect(sdk.logs()).toEqual([]);
  });

  test('that throws ignores nothing (O2)', () => {
    const made = monitor({
      ignore: () => {
        throw new Error('broken');
      },
    });

    new HandScope(made).settle();

    expect(sdk.span('load').status.code).toBe(SpanStatusCode.UNSET);
  });
});
