import { context, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancellationInstrumentation,
  openTelemetryMonitor,
  type OpenTelemetryMonitorOptions,
} from '../../../src/exporters/opentelemetry/index.ts';
import { registerMonitor } from '../../../src/instrumentation/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { CancelledError, cancelScope, openScope, type Scope, taskGroup } from '../../../src/token/index.ts';
import { enableContexts, type MemorySdk, memorySdk } from './harness.ts';

let sdk: MemorySdk;
let undo: Disposable[];

beforeEach(() => {
  enableContexts();
  sdk = memorySdk();
  undo = [];
});

afterEach(() => {
  for (const each of undo) each[Symbol.dispose]();
  trace.disable();
  context.disable();
});

function observe(options: OpenTelemetryMonitorOptions = {}): void {
  const { tracerProvider, loggerProvider } = sdk;
  undo.push(registerMonitor(openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off', ...options })));
}

const forever = (scope: Scope): Promise<never> => scope.race(new Promise<never>(() => {}));

function parentName(name: string): string | undefined {
  const parentId = sdk.span(name).parentSpanContext?.spanId;
  return sdk.spans().find((span) => span.spanContext().spanId === parentId)?.name;
}

describe('scopes seen through OpenTelemetry', () => {
  test('span their bodies across awaits, and nest', async () => {
    observe();

    await cancelScope('outer', async () => {
      await Promise.resolve();
      await cancelScope('inner', async () => {
        await Promise.resolve();
        sdk.tracerProvider.getTracer('test').startSpan('work').end();
      });
    });

    expect([parentName('work'), parentName('inner'), parentName('outer')]).toEqual(['inner', 'outer', undefined]);
  });

  test('work started in a listener belongs to whoever registered it, and the link leads to the canceller', async () => {
    observe();
    const tracer = sdk.tracerProvider.getTracer('test');
    let opened: Scope | undefined;

    const work = cancelScope('load', async (scope) => {
      scope.onCancel(() => tracer.startSpan('clean-up').end());
      opened = scope;
      await forever(scope);
    });
    tracer.startActiveSpan('canceller', (span) => {
      opened?.cancel('superseded');
      span.end();
    });
    await expect(work).rejects.toThrow('was cancelled');

    expect(parentName('clean-up')).toBe('load');
    expect(parentName('cancel load')).toBe('load');
    expect(sdk.span('cancel load').links.map((link) => link.context.spanId)).toEqual([
      sdk.span('canceller').spanContext().spanId,
    ]);
  });

  test('are an error where their own timeout expired, and not in the scopes below', async () => {
    observe();
    const clock = virtualClock();

    const work = cancelScope('outer', { timeoutMs: 50, clock }, () => cancelScope('inner', { clock }, forever));
    const ended = work.catch((error: unknown) => error);
    await clock.advance(50);
    expect(await ended).toBeInstanceOf(CancelledError);

    const types = Object.fromEntries(sdk.spans().map((span) => [span.name, span.attributes['error.type']]));
    expect(types).toEqual({ outer: 'timeout', 'cancel outer': 'timeout', inner: undefined, 'cancel inner': undefined });
    expect(sdk.span('outer').duration).toEqual([0, 50_000_000]);
  });

  test('fail once in a group: the failure is an error, the siblings it cancels are not', async () => {
    observe();

    const work = taskGroup('group', async (group) => {
      group.spawn('waiting', forever);
      group.spawn('failing', () => Promise.reject(new RangeError('no')));
    });
    await expect(work).rejects.toThrow(RangeError);

    const statuses = sdk.spans().map((span) => [span.name, span.attributes['error.type']]);
    expect(Object.fromEntries(statuses)).toMatchObject({
      group: 'RangeError',
      failing: 'RangeError',
      waiting: undefined,
    });
    expect(sdk.span('waiting').attributes['cancellation.root_reason']).toBe('sibling');
  });

  test('end their span when they are abandoned, and are heard of again when the body ends', async () => {
    observe();
    const clock = virtualClock();
    let finish = (): void => {};
    const stuck = new Promise<void>((resolve) => (finish = resolve));

    const work = cancelScope('stuck', { timeoutMs: 10, graceMs: 5, clock }, () => stuck);
    const ended = work.catch((error: unknown) => error);
    await clock.advance(15);
    expect(await ended).toBeInstanceOf(CancelledError);
    const atAbandonment = sdk.span('stuck');
    await clock.advance(1_000);
    finish();
    await clock.advance(0);

    expect(atAbandonment.attributes).toMatchObject({
      'cancellation.outcome': 'abandoned',
      'error.type': 'cancellation_abandoned',
    });
    expect(atAbandonment.duration).toEqual([0, 15_000_000]);
    const last = sdk.logs().at(-1);
    expect(last?.eventName).toBe('cancellation.zombie.ended');
    expect(last?.attributes['cancellation.age']).toBe(1);
  });

  test('are spans also when opened and run by hand', () => {
    observe();

    const scope = openScope('session');
    scope.run(() => sdk.tracerProvider.getTracer('test').startSpan('work').end());
    scope.close();

    expect(parentName('work')).toBe('session');
    expect(sdk.span('session').attributes['cancellation.outcome']).toBe('completed');
  });

  test('with spans: cancelled, only the cancelled ones are spans', async () => {
    observe({ spans: 'cancelled' });

    await cancelScope('fine', () => 'value');
    await expect(
      cancelScope('stopped', (scope) => {
        scope.cancel('condition');
        scope.throwIfCancelled();
      }),
    ).rejects.toThrow('was cancelled');

    expect(sdk.spans().map((span) => span.name)).toEqual(['cancel stopped', 'stopped']);
  });

  test('are spans from the moment the SDK starts (P2)', async () => {
    undo.push(registerMonitor(openTelemetryMonitor({ metrics: 'off', logs: false })));

    await cancelScope('before', () => {});
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    await cancelScope('after', () => {});

    expect(sdk.spans().map((span) => span.name)).toEqual(['after']);
  });

  test('are sent once when the monitor and the instrumentation are both on (C1)', async () => {
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    const instrumentation = new CancellationInstrumentation({ metrics: 'off' });
    undo.push(registerMonitor(openTelemetryMonitor({ metrics: 'off' })));
    undo.push({ [Symbol.dispose]: registerInstrumentations({ instrumentations: [instrumentation] }) });

    await cancelScope('load', () => {});

    expect(sdk.spans().map((span) => span.name)).toEqual(['load']);
  });
});
