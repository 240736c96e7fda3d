import type { LoggerProvider } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { describe, expectTypeOf, test } from 'vitest';
import type {
  CancellationInstrumentation,
  LoggerProviderLike,
  openTelemetryMonitor,
  TelemetryAttributes,
} from '../../../src/exporters/opentelemetry/index.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';

describe('types', () => {
  test('the instrumentation is one, for an SDK too (I1)', () => {
    expectTypeOf<CancellationInstrumentation>().toExtend<Instrumentation>();
    expectTypeOf<CancellationInstrumentation[]>().toExtend<NonNullable<NodeSDKConfiguration['instrumentations']>>();
  });

  test('a logger provider of the API is one of ours', () => {
    expectTypeOf<LoggerProvider>().toExtend<LoggerProviderLike>();
  });

  test('the monitor is a monitor', () => {
    expectTypeOf<ReturnType<typeof openTelemetryMonitor>>().toExtend<Monitor>();
  });

  test('attributes are no anything', () => {
    expectTypeOf<{ error: Error }>().not.toExtend<TelemetryAttributes>();
    expectTypeOf<{ big: bigint }>().not.toExtend<TelemetryAttributes>();
    expectTypeOf<{ via: string[] }>().toExtend<TelemetryAttributes>();
  });
});
