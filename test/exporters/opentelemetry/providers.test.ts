import { logs, type Meter, metrics, trace, type Tracer } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from 'vitest';
import type { LoggerLike } from '../../../src/exporters/opentelemetry/logger-like.ts';
import { Providers, SCHEMA_URL } from '../../../src/exporters/opentelemetry/providers.ts';
import { VERSION } from '../../../src/instrumentation/index.ts';

afterEach(disableGlobals);

function disableGlobals(): void {
  trace.disable();
  metrics.disable();
  logs.disable();
}

/** An SDK that only hands out, and remembers what it was asked for. */
class FakeSdk {
  readonly asked: unknown[][] = [];
  readonly handedOut = [{}, {}, {}] as [Tracer, Meter, LoggerLike & ReturnType<typeof logs.getLogger>];
  readonly tracerProvider = { getTracer: (...args: unknown[]) => (this.asked.push(args), this.handedOut[0]) };
  readonly meterProvider = { getMeter: (...args: unknown[]) => (this.asked.push(args), this.handedOut[1]) };
  readonly loggerProvider = { getLogger: (...args: unknown[]) => (this.asked.push(args), this.handedOut[2]) };

  setGlobal(): void {
    trace.setGlobalTracerProvider(this.tracerProvider);
    metrics.setGlobalMeterProvider(this.meterProvider);
    logs.setGlobalLoggerProvider(this.loggerProvider);
  }
}

function expectFrom(sdk: FakeSdk, providers: Providers): void {
  expect(providers.tracer()).toBe(sdk.handedOut[0]);
  expect(providers.meter()).toBe(sdk.handedOut[1]);
  expect(providers.logger()).toBe(sdk.handedOut[2]);
}

describe('providers', () => {
  test('that were given win over the global ones (P1)', () => {
    const [given, global] = [new FakeSdk(), new FakeSdk()];
    const providers = new Providers();
    providers.setTracerProvider(given.tracerProvider);
    providers.setMeterProvider(given.meterProvider);
    providers.setLoggerProvider(given.loggerProvider);

    global.setGlobal();

    expectFrom(given, providers);
  });

  test('that do nothing yet count as not given, so that every later SDK is found (P1, P2)', () => {
    const [first, second] = [new FakeSdk(), new FakeSdk()];
    const providers = new Providers();
    providers.setTracerProvider(trace.getTracerProvider());
    providers.setMeterProvider(metrics.getMeterProvider());
    providers.setLoggerProvider(logs.getLoggerProvider());

    first.setGlobal();
    expectFrom(first, providers);
    disableGlobals();
    second.setGlobal();

    expectFrom(second, providers);
  });

  test('are asked in the name of the package, with its version and a schema (P3)', () => {
    const sdk = new FakeSdk();
    sdk.setGlobal();
    const providers = new Providers();

    expectFrom(sdk, providers);

    expect(sdk.asked).toHaveLength(3);
    for (const asked of sdk.asked) expect(asked).toEqual(['cancelscope', VERSION, { schemaUrl: SCHEMA_URL }]);
  });
});
