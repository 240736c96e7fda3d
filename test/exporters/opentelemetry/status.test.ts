import { SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import {
  type ClassifyInfo,
  openTelemetryMonitor,
  type OpenTelemetryMonitorOptions,
} from '../../../src/exporters/opentelemetry/index.ts';
import { CancelledError, type CancellationReason, type ScopeSettled } from '../../../src/token/index.ts';
import { HandScope, type MemorySdk, memorySdk } from './harness.ts';

class PaymentDeclined extends Error {}

/** The status and `error.type` of the spans of one scope, as `ERROR timeout` or `UNSET`. */
function statusOf(
  reason: CancellationReason | undefined,
  event: Partial<ScopeSettled> | ((scope: HandScope) => Partial<ScopeSettled>),
  options: OpenTelemetryMonitorOptions = {},
): { scope: string; cancel: string | undefined; sdk: MemorySdk } {
  const sdk = memorySdk();
  const { tracerProvider, loggerProvider } = sdk;
  const scope = new HandScope(openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off', ...options }));
  const settled = typeof event === 'function' ? event(scope) : event;
  if (reason === undefined) scope.settle(settled);
  else scope.cancelAndSettle(reason, settled);
  const [own, cancel] = ['load', 'cancel load'].map((name) => {
    const span = sdk.spans().find((each) => each.name === name);
    if (span === undefined) return undefined;
    return [SpanStatusCode[span.status.code], span.attributes['error.type']].filter(Boolean).join(' ');
  });
  return { scope: own ?? 'no span', cancel, sdk };
}

describe('status policy', () => {
  test('leaves a completed scope unset (S3)', () => {
    expect(statusOf(undefined, {}).scope).toBe('UNSET');
  });

  test.each([
    'manual',
    'disconnect',
    'parent',
    'sibling',
    'superseded',
    'shutdown',
    'signal',
    'condition',
    'abort',
  ] as const)('leaves a scope cancelled for %s unset, on both spans (S3)', (reason) => {
    const { scope, cancel } = statusOf(reason, {});

    expect({ scope, cancel }).toEqual({ scope: 'UNSET', cancel: 'UNSET' });
  });

  test.each(['timeout', 'deadline'] as const)('makes an error of the scope whose own %s expired (S1)', (reason) => {
    const { scope, cancel } = statusOf(reason, { ownDeadline: true });

    expect({ scope, cancel }).toEqual({ scope: 'ERROR timeout', cancel: 'ERROR timeout' });
  });

  test('leaves a scope unset that an outer timeout ended', () => {
    const { scope, cancel } = statusOf('parent', { ownDeadline: false });

    expect({ scope, cancel }).toEqual({ scope: 'UNSET', cancel: 'UNSET' });
  });

  test('makes an error of an abandoned scope (S1)', () => {
    const { scope, cancel } = statusOf('manual', { outcome: 'abandoned' });

    expect({ scope, cancel }).toEqual({
      scope: 'ERROR cancellation_abandoned',
      cancel: 'ERROR cancellation_abandoned',
    });
  });

  test('leaves a scope unset that returned its value all the same', () => {
    expect(statusOf('timeout', { outcome: 'ignored', ownDeadline: true }).scope).toBe('UNSET');
  });

  test.each([
    ['its name', new TypeError('x'), 'TypeError'],
    ['its class, when it has no name of its own', new PaymentDeclined('x'), 'PaymentDeclined'],
    ['the name of a DOMException, not its code', new DOMException('x', 'TimeoutError'), 'TimeoutError'],
    ['_OTHER for a name that is free text', Object.assign(new Error('x'), { name: 'no 17' }), '_OTHER'],
    ['_OTHER for what is no error', 'a string', '_OTHER'],
  ])('makes an error of a failure, with %s (S1, E1, E2)', (_what, error, expected) => {
    expect(statusOf(undefined, { outcome: 'failed', error }).scope).toBe(`ERROR ${expected}`);
  });

  test('makes an error of the scope, not of the cancel, when a cancelled body fails (S1)', () => {
    const { scope, cancel } = statusOf('manual', { outcome: 'failed', error: new RangeError('x') });

    expect({ scope, cancel }).toEqual({ scope: 'ERROR RangeError', cancel: 'UNSET' });
  });

  test.each([
    ['manual', 'UNSET'],
    ['timeout', 'ERROR timeout'],
    ['parent', 'UNSET'],
  ] as const)('gives the cancel of another scope that passes through (%s) its own status (S2)', (reason, expected) => {
    const { scope } = statusOf(undefined, (other) => ({
      outcome: 'failed',
      error: new CancelledError(other.cause(reason)),
    }));

    expect(scope).toBe(expected);
  });

  test('finds the cancel in an abort that the platform wrapped around it (S2)', () => {
    const { scope } = statusOf(undefined, (other) => ({
      outcome: 'failed',
      error: new DOMException('x', { name: 'AbortError', cause: new CancelledError(other.cause('timeout')) }),
    }));

    expect(scope).toBe('ERROR timeout');
  });

  test('takes an error that only has an abort as its cause for what it is called (A1)', () => {
    const { scope } = statusOf(undefined, (other) => ({
      outcome: 'failed',
      error: new RangeError('x', { cause: new CancelledError(other.cause('manual')) }),
    }));

    expect(scope).toBe('ERROR RangeError');
  });

  test('gives up on a chain of aborts that does not end (A2)', () => {
    let reads = 0;
    const error = {
      name: 'AbortError',
      get cause(): unknown {
        return ++reads < 1_000 ? error : undefined;
      },
    };

    expect(statusOf(undefined, { outcome: 'failed', error }).scope).toBe('UNSET');
    expect(reads).toBeLessThan(100);
  });

  test('leaves a foreign abort that passes through unset (S2)', () => {
    expect(statusOf(undefined, { outcome: 'failed', error: new DOMException('x', 'AbortError') }).scope).toBe('UNSET');
  });

  test.each([new DOMException('x', 'AbortError'), new RangeError('x')])('never records %s on a span (X4)', (error) => {
    const { sdk } = statusOf('manual', { outcome: 'failed', error });

    expect(sdk.spans().flatMap((span) => span.events)).toEqual([]);
  });

  test('describes an error only when messages are asked for', () => {
    const event = { outcome: 'failed', error: new TypeError('secret') } as const;

    const [silent, open] = [false, true].map(
      (messages) => statusOf(undefined, event, { messages }).sdk.span('load').status,
    );

    expect(silent?.message).toBeUndefined();
    expect(open?.message).toBe('secret');
  });

  test('survives an error whose getters throw (A2, E3)', () => {
    const hostile = {
      get: (): never => {
        throw new Error('hostile');
      },
    };
    const error = Object.defineProperties({}, { name: hostile, message: hostile });

    expect(statusOf(undefined, { outcome: 'failed', error }, { messages: true }).scope).toBe('ERROR _OTHER');
  });
});

describe('classify', () => {
  test('makes an error of a cancel', () => {
    expect(statusOf('shutdown', {}, { classify: () => 'error' }).scope).toBe('ERROR cancelled');
  });

  test('makes no error of a timeout', () => {
    expect(statusOf('timeout', { ownDeadline: true }, { classify: () => 'unset' }).scope).toBe('UNSET');
  });

  test('is told what is decided without it', () => {
    const asked: ClassifyInfo[] = [];

    statusOf('timeout', { ownDeadline: true }, { classify: (info) => (asked.push(info), info.status) });

    expect(asked.map(({ span, status, outcome, ownDeadline }) => [span, status, outcome, ownDeadline])).toEqual([
      ['scope', 'error', 'cancelled', true],
      ['cancel', 'error', 'cancelled', true],
    ]);
  });

  test.each([
    [
      'throws',
      (): 'error' => {
        throw new Error('broken');
      },
    ],
    ['answers nonsense', (): 'error' => 'maybe' as 'error'],
  ])('that %s changes nothing (O2)', (_what, classify) => {
    expect(statusOf('manual', {}, { classify }).scope).toBe('UNSET');
  });
});
