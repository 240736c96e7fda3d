import { context, diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTelemetryMonitor } from '../../../src/exporters/opentelemetry/index.ts';
import { Claim } from '../../../src/exporters/opentelemetry/claim.ts';
import { monitorOn } from '../../../src/exporters/opentelemetry/monitor.ts';
import { settingsOf } from '../../../src/exporters/opentelemetry/options.ts';
import { Providers } from '../../../src/exporters/opentelemetry/providers.ts';
import { MOST_RECORDS, ScopeRecords } from '../../../src/exporters/opentelemetry/scope-records.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';
import { enableContexts, HandScope, type MemorySdk, memorySdk } from './harness.ts';

let sdk: MemorySdk;

beforeEach(() => {
  enableContexts();
  sdk = memorySdk();
});

afterEach(() => {
  context.disable();
  trace.disable();
});

function watched(options: { logs?: boolean } = {}): { monitor: Monitor; records: ScopeRecords } {
  const providers = new Providers();
  providers.setTracerProvider(sdk.tracerProvider);
  providers.setLoggerProvider(sdk.loggerProvider);
  const records = new ScopeRecords();
  const settings = settingsOf({ metrics: 'off', ...options });
  return { monitor: monitorOn(providers, settings, new Claim(true), records), records };
}

describe('what is remembered of a scope (W2, M1)', () => {
  test('is dropped when it settles', () => {
    const { monitor, records } = watched();
    const scopes = Array.from({ length: 5 }, () => new HandScope(monitor));

    const open = records.size;
    for (const scope of scopes) scope.cancelAndSettle('manual');

    expect([open, records.size]).toEqual([5, 0]);
  });

  test('is dropped when an abandoned body ends', () => {
    const { monitor, records } = watched();
    const scope = new HandScope(monitor);

    scope.cancelAndSettle('manual', { outcome: 'abandoned' });
    const asZombie = records.size;
    monitor.zombieEnded?.(scope.info, { abandonedAt: 1, endedAt: 2, requestedAt: 1, result: 'threw' });

    expect([asZombie, records.size]).toEqual([1, 0]);
  });

  test('is dropped when it is abandoned and nobody writes logs', () => {
    const { monitor, records } = watched({ logs: false });

    new HandScope(monitor).cancelAndSettle('manual', { outcome: 'abandoned' });

    expect(records.size).toBe(0);
  });

  test('is dropped when the monitor is unregistered', () => {
    const { monitor, records } = watched();
    new HandScope(monitor);

    monitor.detached?.();

    expect(records.size).toBe(0);
  });

  test('is bounded (M2)', () => {
    const { monitor, records } = watched();
    for (let id = 0; id < MOST_RECORDS; id++) records.set({ id } as never, undefined as never);

    const scope = new HandScope(monitor);
    const ran = scope.run(() => 'ran');
    scope.cancelAndSettle('manual');

    expect(ran).toBe('ran');
    expect(records.size).toBe(MOST_RECORDS);
    expect(sdk.spans()).toEqual([]);
  });
});

describe('a monitor that fails inside', () => {
  function broken(): Monitor {
    const tracerProvider = {
      getTracer: () => {
        throw new Error('broken SDK');
      },
    };
    return openTelemetryMonitor({ tracerProvider, loggerProvider: sdk.loggerProvider, metrics: 'off' });
  }

  test('tells diag, at most ten times a minute (W1)', () => {
    const error = vi.fn<(message: string, error: unknown) => void>();
    const silent = (): void => {};
    diag.setLogger({ error, warn: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.ERROR);
    onTestFinished(() => diag.disable());
    const monitor = broken();

    for (let round = 0; round < 25; round++) new HandScope(monitor);

    expect(error).toHaveBeenCalledTimes(10);
    expect(error.mock.calls[0]).toContainEqual(new Error('broken SDK'));
  });

  test('throws nothing, and runs the body (W1)', () => {
    const monitor = broken();

    const scope = new HandScope(monitor);
    const ran = scope.run(() => 'ran');

    expect(ran).toBe('ran');
    expect(() => scope.cancelAndSettle('manual')).not.toThrow();
  });

  test('passes on what the body throws', () => {
    const scope = new HandScope(watched().monitor);

    expect(() =>
      scope.run(() => {
        throw new RangeError('mine');
      }),
    ).toThrow(RangeError);
  });
});

describe('two monitors for the global providers', () => {
  test('send everything once, and the second takes over when the first is unregistered (C1)', () => {
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    const [first, second] = [0, 1].map(() => openTelemetryMonitor({ metrics: 'off' })) as [Monitor, Monitor];

    const names = (round: string): void => {
      for (const monitor of [first, second]) new HandScope(monitor, { name: round }).settle();
    };
    names('together');
    const together = sdk.spans().length;
    first.detached?.();
    new HandScope(second, { name: 'alone' }).settle();
    second.detached?.();

    expect(together).toBe(1);
    expect(sdk.spans().map((span) => span.name)).toEqual(['together', 'alone']);
  });

  test('do not hold back one that was given a provider of its own (C2, P1)', () => {
    trace.setGlobalTracerProvider(sdk.tracerProvider);
    const own = memorySdk();
    const global = openTelemetryMonitor({ metrics: 'off' });
    const aside = openTelemetryMonitor({ metrics: 'off', tracerProvider: own.tracerProvider });

    for (const monitor of [global, aside]) new HandScope(monitor).settle();
    global.detached?.();

    expect([sdk.spans().length, own.spans().length]).toEqual([1, 1]);
  });
});

describe('options (O1)', () => {
  test.each([
    [{ spans: 'some' as 'all' }, 'spans must be one of "all", "cancelled", "none"'],
    [{ metrics: 'yes' as 'on' }, 'metrics must be one of "auto", "on", "off"'],
    [{ logs: 1 as never }, 'logs must be a boolean'],
    [{ classify: 'error' as never }, 'classify must be a function'],
  ])('%o is refused by name', (options, message) => {
    expect(() => openTelemetryMonitor(options)).toThrow(message);
  });
});
