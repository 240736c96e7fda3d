import { context, logs as globalLogs, trace } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTelemetryMonitor, type OpenTelemetryMonitorOptions } from '../../../src/exporters/opentelemetry/index.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';
import { systemClock } from '../../../src/token/index.ts';
import { causeOf, enableContexts, HandScope, type MemorySdk, memorySdk, onWall } from './harness.ts';

let sdk: MemorySdk;

beforeEach(() => {
  enableContexts();
  sdk = memorySdk();
});

afterEach(() => {
  context.disable();
  globalLogs.disable();
});

function monitor(options: OpenTelemetryMonitorOptions = {}): Monitor {
  const { tracerProvider, loggerProvider } = sdk;
  return openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off', ...options });
}

function written(): (readonly [string | undefined, string | undefined])[] {
  return sdk.logs().map(({ eventName, severityText }) => [eventName, severityText] as const);
}

function zombie(made: Monitor): HandScope {
  const scope = new HandScope(made);
  const cause = scope.cancel(scope.cause('manual'));
  scope.settle({ cause, outcome: 'abandoned' });
  made.zombieDetected?.(scope.info, { cause, abandonedAt: 1_020 });
  return scope;
}

describe('log events', () => {
  test('tell of a cancel when it is requested and when its scope has ended (V1)', () => {
    new HandScope(monitor()).cancelAndSettle('disconnect');

    expect(written()).toEqual([
      ['cancellation.requested', 'DEBUG'],
      ['cancellation.settled', 'DEBUG'],
    ]);
  });

  test.each(['timeout', 'deadline'] as const)('warn when a %s ran out', (reason) => {
    new HandScope(monitor()).cancelAndSettle(reason, { ownDeadline: true });

    expect(written()[0]).toEqual(['cancellation.requested', 'WARN']);
  });

  test('tell the request once, not for every scope below (V1)', () => {
    const scope = new HandScope(monitor());

    scope.settle({ cause: scope.cancel(scope.cause('parent'), 1) });

    expect(written()).toEqual([['cancellation.settled', 'DEBUG']]);
  });

  test('are silent about a scope that was not cancelled (V1)', () => {
    new HandScope(monitor()).settle();

    expect(written()).toEqual([]);
  });

  test('carry cause, phases, time and trace of the scope', () => {
    new HandScope(monitor()).cancelAndSettle('superseded');

    const [requested, settled] = sdk.logs();
    const { traceId, spanId } = sdk.span('load').spanContext();
    expect(settled).toMatchObject({ hrTime: onWall(1_020), spanContext: { traceId, spanId } });
    expect(requested).toMatchObject({ hrTime: onWall(1_010), spanContext: { traceId, spanId } });
    expect(settled?.attributes).toMatchObject({
      'cancellation.scope.name': 'load',
      'cancellation.reason': 'superseded',
      'cancellation.root_reason': 'superseded',
      'cancellation.outcome': 'cancelled',
      'cancellation.latency': 0.01,
      'cancellation.delivery.duration': 0.001,
      'cancellation.acknowledge.duration': 0.004,
      'cancellation.settle.duration': 0.005,
    });
  });

  test('belong to the trace of their scope, whoever cancels it (V2)', () => {
    const canceller = sdk.tracerProvider.getTracer('test').startSpan('canceller');
    const scope = new HandScope(monitor());

    context.with(trace.setSpan(context.active(), canceller), () => scope.cancelAndSettle('manual'));

    const { traceId } = sdk.span('load').spanContext();
    expect(sdk.logs().map((record) => record.spanContext?.traceId)).toEqual([traceId, traceId]);
  });

  test('belong to the late span where only cancelled scopes have one', () => {
    new HandScope(monitor({ spans: 'cancelled' })).cancelAndSettle('manual');

    expect(sdk.logs().at(-1)?.spanContext?.spanId).toBe(sdk.span('load').spanContext().spanId);
  });

  test('keep the message to themselves unless asked', () => {
    for (const messages of [false, true]) {
      const scope = new HandScope(monitor({ messages }));
      scope.settle({ cause: scope.cancel(scope.cause('manual', { message: 'secret' })) });
    }

    expect(sdk.logs().map((record) => record.attributes['cancellation.message'])).toEqual([
      undefined,
      undefined,
      'secret',
      'secret',
    ]);
  });

  test('warn about a slow cancel while it still runs', () => {
    const made = monitor();
    const scope = new HandScope(made);
    const cause = scope.cancel(scope.cause('manual'));

    made.cancelSlow?.(scope.info, { cause, requestedAt: 1_010, thresholdMs: 500 });

    expect(written()).toEqual([
      ['cancellation.requested', 'DEBUG'],
      ['cancellation.slow', 'WARN'],
    ]);
    expect(sdk.logs()[1]?.attributes['cancellation.age']).toBe(0.5);
  });

  test('report a zombie as an error, and its end with its age, in the trace of its scope (V2)', () => {
    const made = monitor();

    const scope = zombie(made);
    made.zombieEnded?.(scope.info, { abandonedAt: 1_020, endedAt: 4_020, requestedAt: 1_010, result: 'returned' });

    expect(written().slice(-2)).toEqual([
      ['cancellation.zombie.detected', 'ERROR'],
      ['cancellation.zombie.ended', 'INFO'],
    ]);
    const ended = sdk.logs().at(-1);
    expect(ended?.attributes['cancellation.age']).toBe(3);
    expect(ended?.spanContext?.spanId).toBe(sdk.span('load').spanContext().spanId);
  });

  test('name the type of what a listener threw by hand, and keep its text unless asked (V4)', () => {
    monitor().listenerFailed?.({
      token: { id: 't', name: 'stop' },
      scopeName: undefined,
      error: new DOMException('private', 'AbortError'),
    });

    const [record] = sdk.logs();
    expect(record?.eventName).toBe('cancellation.listener.exception');
    expect(record?.attributes).toEqual({ 'cancellation.scope.name': 'stop', 'exception.type': 'AbortError' });
  });

  test('name the monitor that failed', () => {
    monitor().monitorFailed?.({ monitor: 'mine', hook: 'scopeOpened', error: new TypeError('x'), detached: false });

    const [record] = sdk.logs();
    expect(written()).toEqual([['cancellation.monitor.exception', 'WARN']]);
    expect(record?.attributes).toEqual({ 'cancellation.monitor.name': 'mine', 'exception.type': 'TypeError' });
  });

  test('of failing listeners come ten a minute, and the next one says how many did not (V3)', () => {
    const now = vi.spyOn(systemClock, 'now').mockReturnValue(0);
    onTestFinished(() => now.mockRestore());
    const made = monitor();
    const fail = (): void =>
      made.listenerFailed?.({ token: { id: 't', name: 'stop' }, scopeName: 'load', error: new Error('x') });

    for (let round = 0; round < 25; round++) fail();
    const inTheFirstMinute = sdk.logs().length;
    now.mockReturnValue(60_000);
    fail();

    const next = sdk.logs().at(-1);
    expect([inTheFirstMinute, sdk.logs().length]).toEqual([10, 11]);
    expect(next?.attributes['cancellation.suppressed']).toBe(15);
    expect(next?.body).toContain('15 more');
  });

  test('are not built when the logger wants none of their kind (G1)', () => {
    let asked = 0;
    const cause = causeOf('manual');
    const exporter = new InMemoryLogRecordExporter();
    const loggerProvider = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter })] });
    const logger = loggerProvider.getLogger('cancelscope');
    const picky = { getLogger: () => ({ emit: logger.emit.bind(logger), enabled: () => (asked++, false) }) };

    const scope = new HandScope(monitor({ loggerProvider: picky }));
    scope.settle({ cause: scope.cancel(cause) });

    expect(asked).toBe(2);
    expect(exporter.getFinishedLogRecords()).toEqual([]);
  });

  test('go to a global provider that is set later (P2)', () => {
    const made = openTelemetryMonitor({ tracerProvider: sdk.tracerProvider, metrics: 'off' });
    const scope = new HandScope(made);

    scope.cancel(scope.cause('manual'));
    globalLogs.setGlobalLoggerProvider(sdk.loggerProvider);
    scope.settle({ cause: scope.cause('manual') });
    made.detached?.();

    expect(written()).toEqual([['cancellation.settled', 'DEBUG']]);
  });

  test('are not written when logs is false', () => {
    new HandScope(monitor({ logs: false })).cancelAndSettle('manual');

    expect(sdk.logs()).toEqual([]);
    expect(trace.isSpanContextValid(sdk.span('load').spanContext())).toBe(true);
  });
});
