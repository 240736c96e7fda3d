import { describe, expect, test } from 'vitest';
import { CancellationToken, type CancellationCause, type CancelledError } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn, processErrors } from '../support/process-errors.ts';

guardLeaks();

/** The cause of a token whose foreign signal aborts with `reason`. */
function causeOfAbort(...reason: [] | [unknown]): CancellationCause | undefined {
  const controller = new AbortController();
  const token = CancellationToken.any([controller.signal]);
  controller.abort(...reason);
  return token.cause;
}

describe('F1: what a foreign reason says', () => {
  test('is abort for a plain abort, with the message of the platform', () => {
    expect(causeOfAbort()).toMatchObject({ reason: 'abort', message: 'This operation was aborted' });
  });

  test('is timeout for a TimeoutError', () => {
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');

    expect(causeOfAbort(reason)).toMatchObject({ reason: 'timeout', message: reason.message });
  });

  test('is abort with its text for an error, a string, a number', () => {
    expect(causeOfAbort(new RangeError('too far'))).toMatchObject({ reason: 'abort', message: 'too far' });
    expect(causeOfAbort('user left')).toMatchObject({ reason: 'abort', message: 'user left' });
    expect(causeOfAbort(503)).toMatchObject({ reason: 'abort', message: '503' });
  });

  test('is the cause itself for our own error', () => {
    const source = new CancellationToken({ name: 'source' });
    source.cancel('superseded', 'newer');
    const error: CancelledError = source.signal.reason;

    const cause = causeOfAbort(error);

    expect(cause).toMatchObject({ reason: 'parent', root: { reason: 'superseded', message: 'newer' } });
    expect(cause?.parent).toBe(source.cause);
  });

  test('is not the name of an error we have no reason for', () => {
    expect(causeOfAbort(new DOMException('x', 'NetworkError'))).toMatchObject({ reason: 'abort', message: 'x' });
  });
});

describe('F2: a reason may be any value', () => {
  const thrower = (): never => {
    throw new Error('hostile');
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each([
    ['null', null],
    ['a symbol', Symbol('why')],
    ['a bigint', 10n],
    ['an object without a prototype', Object.create(null)],
    [
      'getters that throw',
      {
        get name() {
          return thrower();
        },
        get message() {
          return thrower();
        },
      },
    ],
    ['a message that cannot be printed', { message: { toString: thrower } }],
    ['a proxy that refuses everything', new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower })],
    ['a revoked proxy', revoked],
    ['a function', () => 1],
    [
      'a cyclic array',
      (() => {
        const list: unknown[] = [];
        list.push(list);
        return list;
      })(),
    ],
  ])('%s still cancels, as abort', async (_what, reason) => {
    const atProcess = processErrors();

    const cause = causeOfAbort(reason);
    await loopTurn();

    expect(cause?.reason).toBe('abort');
    expect(atProcess).toEqual([]);
  });

  test('a message of ten million characters is cut', () => {
    expect(causeOfAbort(new Error('m'.repeat(10_000_000)))?.message).toBe('m'.repeat(4096));
  });
});
