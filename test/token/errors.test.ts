import { describe, expect, test, vi } from 'vitest';
import { CancellationToken, CancelledError, InvalidArgumentError, InvalidStateError } from '../../src/index.ts';

/** The errors of a second copy of the library. */
async function otherCopy(): Promise<typeof import('../../src/token/errors.ts')> {
  vi.resetModules();
  return import('../../src/token/errors.ts');
}

function cancelled(reason: 'timeout' | 'manual' = 'timeout', message?: string): CancelledError {
  const token = new CancellationToken({ name: 'work' });
  token.cancel(reason, message);
  return token.signal.reason;
}

describe('T15: CancelledError', () => {
  test('looks like an AbortError to whoever knows those (E2)', () => {
    const error = cancelled();

    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    expect(error).toBeInstanceOf(Error);
  });

  test('carries its cause and the reason of it', () => {
    const token = new CancellationToken();
    token.cancel('superseded');

    const error: CancelledError = token.signal.reason;

    expect(error.reason).toBe('superseded');
    expect(error.cause).toBe(token.cause);
  });

  test('says what was cancelled, why, and with what words', () => {
    expect(cancelled('timeout').message).toBe('"work" was cancelled: timeout');
    expect(cancelled('manual', 'stop button').message).toBe('"work" was cancelled: manual: stop button');
  });

  test('names the root in its message when it only derives from it', () => {
    const outer = new CancellationToken({ name: 'request' });
    const inner = outer.child({ name: 'query' });
    outer.cancel('disconnect', 'client left');

    const { message } = inner.signal.reason as CancelledError;

    expect(message).toBe('"query" was cancelled: parent (disconnect of "request"): client left');
  });

  test('is known across copies of the library, both ways (E1)', async () => {
    const other = await otherCopy();
    const ours = cancelled();
    const theirs = new other.CancelledError(ours.cause);

    expect(other.CancelledError).not.toBe(CancelledError);
    expect([ours instanceof other.CancelledError, theirs instanceof CancelledError]).toEqual([true, true]);
  });

  test.each([
    [null],
    [undefined],
    ['AbortError'],
    [new Error('no')],
    [new DOMException('aborted', 'AbortError')],
    [{}],
  ])('is not taken for %s', (value) => {
    expect(value instanceof CancelledError).toBe(false);
  });

  test('does not throw when a proxy refuses to be asked', () => {
    const proxy: unknown = new Proxy(
      {},
      {
        has: () => {
          throw new Error('no');
        },
      },
    );

    expect(proxy instanceof CancelledError).toBe(false);
  });

  test('is a new one each time, so that what one holder adds no other sees', () => {
    const token = new CancellationToken();
    token.cancel();
    const thrown = [0, 1].map(() => {
      try {
        return token.throwIfCancelled();
      } catch (error) {
        return error;
      }
    });

    expect(thrown[0]).not.toBe(thrown[1]);
  });
});

describe('InvalidArgumentError', () => {
  test('names the argument, what it may be and what it was', () => {
    const make = (): unknown => new CancellationToken({ name: 42 as never });

    expect(make).toThrow(
      expect.objectContaining({
        name: 'InvalidArgumentError',
        code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT',
        argument: 'name',
        message: 'name must be a string; received 42',
      }),
    );
  });

  test('is a TypeError', () => {
    expect(new InvalidArgumentError('x', 'a number', 'y')).toBeInstanceOf(TypeError);
  });

  test('shows no more than the start of a long text', () => {
    const { message } = new InvalidArgumentError('x', 'a number', 'y'.repeat(10_000_000));

    expect(message.length).toBeLessThan(100);
  });

  test.each([
    [Symbol('s')],
    [1n],
    [() => 1],
    [Object.create(null)],
    [undefined],
    [null],
    [
      new Proxy(
        {},
        {
          get() {
            throw new Error('no');
          },
        },
      ),
    ],
  ])('can say that it was given anything at all', (value) => {
    expect(new InvalidArgumentError('x', 'a number', value).message).toMatch(/^x must be a number; received .+/);
  });

  test('is known across copies of the library, and is no other error (E1)', async () => {
    const other = await otherCopy();

    expect(new other.InvalidArgumentError('x', 'y', 1)).toBeInstanceOf(InvalidArgumentError);
    expect(new other.InvalidStateError('ended')).toBeInstanceOf(InvalidStateError);
    expect(new InvalidStateError('ended')).not.toBeInstanceOf(InvalidArgumentError);
    expect(new TypeError('x')).not.toBeInstanceOf(InvalidArgumentError);
  });
});
