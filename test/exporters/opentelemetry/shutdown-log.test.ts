import { context, logs as globalLogs } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTelemetryMonitor } from '../../../src/exporters/opentelemetry/index.ts';
import type { Monitor } from '../../../src/instrumentation/index.ts';
import { enableContexts, HandScope, type MemorySdk, memorySdk, onWall } from './harness.ts';

const DRAIN = { phase: 'drain', startedAt: 1_500, endedAt: 4_000 } as const;
const COUNTS = { requests: 9, scopes: 7, requestsLeft: 2, scopesLeft: 1 };

let sdk: MemorySdk;

beforeEach(() => {
  enableContexts();
  sdk = memorySdk();
});

afterEach(() => {
  context.disable();
  globalLogs.disable();
});

function monitor(): Monitor {
  const { tracerProvider, loggerProvider } = sdk;
  return openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off' });
}

test('a phase of a shutdown is a log event in the trace of its scope, with its time and what it left', () => {
  const made = monitor();
  const scope = new HandScope(made, { name: 'shutdown' });

  made.shutdownPhaseEnded?.(scope.info, { ...DRAIN, ...COUNTS });
  scope.settle();

  const [log] = sdk.logs();
  const { traceId, spanId } = sdk.span('shutdown').spanContext();
  expect(log).toMatchObject({
    eventName: 'cancellation.shutdown.phase',
    severityText: 'INFO',
    body: 'shutdown: drain is over, 2 requests and 1 scopes left',
    hrTime: onWall(4_000),
    spanContext: { traceId, spanId },
  });
  expect(log?.attributes).toEqual({
    'cancellation.scope.name': 'shutdown',
    'cancellation.scope.id': scope.info.id,
    'cancellation.shutdown.phase': 'drain',
    'cancellation.shutdown.duration': 2.5,
    'cancellation.shutdown.requests_left': 2,
    'cancellation.shutdown.scopes_left': 1,
  });
});

test('a forced phase warns', () => {
  const made = monitor();

  made.shutdownPhaseEnded?.(new HandScope(made).info, { ...DRAIN, phase: 'force', ...COUNTS });

  expect(sdk.logs()).toMatchObject([{ eventName: 'cancellation.shutdown.phase', severityText: 'WARN' }]);
});

test('a shutdown that was prepared before the monitor came is told of all the same', () => {
  const { info } = new HandScope({}, { name: 'shutdown' });

  monitor().shutdownPhaseEnded?.(info, { ...DRAIN, ...COUNTS });

  expect(sdk.logs()).toMatchObject([{ eventName: 'cancellation.shutdown.phase', hrTime: onWall(4_000) }]);
});
