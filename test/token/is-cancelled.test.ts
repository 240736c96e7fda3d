import { describe, expect, test } from 'vitest';
import { CancellationToken, CancelledError, isCancelled } from '../../src/index.ts';

function cancelled(): CancelledError {
  const token = new CancellationToken();
  token.cancel('timeout');
  return token.signal.reason;
}

function wrapped(error: unknown, times: number): unknown {
  let outer = error;
  for (let level = 0; level < times; level++) outer = new Error('wrapper', { cause: outer });
  return outer;
}

describe('T15: isCancelled', () => {
  test('knows a CancelledError', () => {
    expect(isCancelled(cancelled())).toBe(true);
  });

  test.each([1, 2, 15])('knows it under %i wrappers', (times) => {
    expect(isCancelled(wrapped(cancelled(), times))).toBe(true);
  });

  test('matches the reason of its cause', () => {
    expect([isCancelled(cancelled(), 'timeout'), isCancelled(cancelled(), 'shutdown')]).toEqual([true, false]);
  });

  test("matches its root's reason as well as its own", () => {
    const outer = new CancellationToken();
    const error = outer.child().child().signal;
    outer.cancel('disconnect');

    const answers = (['disconnect', 'parent', 'timeout'] as const).map((reason) => isCancelled(error.reason, reason));

    expect(answers).toEqual([true, true, false]);
  });

  test('matches the reason under a wrapper', () => {
    expect(isCancelled(wrapped(cancelled(), 3), 'timeout')).toBe(true);
  });

  test.each([
    [undefined],
    [null],
    [42],
    ['AbortError'],
    [new Error('no')],
    [new DOMException('aborted', 'AbortError')],
    [{ name: 'AbortError', code: 'ABORT_ERR', cause: { reason: 'timeout' } }],
  ])('knows no cancel of this library in %s', (value) => {
    expect([isCancelled(value), isCancelled(value, 'timeout')]).toEqual([false, false]);
  });
});

describe('E3: wrappers are followed for a while', () => {
  test('ends on a cycle', () => {
    const error = new Error('itself');
    error.cause = error;

    expect(isCancelled(error)).toBe(false);
  });

  test('ends on an endless chain', () => {
    let asked = 0;
    const endless = (): unknown => ({
      get cause() {
        asked++;
        return endless();
      },
    });

    expect(isCancelled(endless())).toBe(false);
    expect(asked).toBeLessThan(100);
  });
});

describe('E4: what cannot be read is no cancel', () => {
  const thrower = (): never => {
    throw new Error('hostile');
  };

  test.each([
    ['a getter that throws', Object.defineProperty({}, 'cause', { get: thrower })],
    ['a proxy that refuses everything', new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower })],
    ['a CancelledError without a cause', Object.create(CancelledError.prototype) as unknown],
  ])('for %s', (_what, value) => {
    expect([isCancelled(value), isCancelled(value, 'timeout')]).toEqual([false, false]);
  });
});
