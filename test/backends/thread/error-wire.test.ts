import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromWireError, wireError } from '../../../src/backends/thread/error-wire.ts';
import {
  cancelScope,
  CancelledError,
  CancellationToken,
  InvalidArgumentError,
  isCancelled,
} from '../../../src/index.ts';
import { caught, caughtCancel } from '../../support/caught.ts';

/** What arrives on the other thread when `thrown` is thrown on this one. */
function arrived(thrown: unknown): unknown {
  return fromWireError(structuredClone(wireError(thrown)));
}

describe('E3: an error arrives', () => {
  test('as an Error with its name, message, stack and code', () => {
    const thrown = new InvalidArgumentError('name', 'a string', 4);

    const error = arrived(thrown) as Error & { code: unknown };

    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.message, error.stack, error.code]).toEqual([
      'InvalidArgumentError',
      thrown.message,
      thrown.stack,
      'ERR_CANCELSCOPE_INVALID_ARGUMENT',
    ]);
    expect(error.toString()).toBe(thrown.toString());
  });

  test.each(['E_QUOTA', 14, 0])('with the code %o', (code) => {
    expect(arrived(Object.assign(new Error('coded'), { code }))).toMatchObject({ code });
  });

  test.each([undefined, null, {}, () => {}, Symbol('code')])('without a code that is %o', (code) => {
    expect(arrived(Object.assign(new Error('coded'), { code }))).not.toHaveProperty('code');
  });

  test('without a stack, if it has none', () => {
    const thrown = new Error('bare');
    delete (thrown as { stack?: string }).stack;

    expect(arrived(thrown)).toMatchObject({ name: 'Error', message: 'bare' });
  });

  test('also one of the platform', () => {
    expect(arrived(new DOMException('took too long', 'TimeoutError'))).toMatchObject({
      name: 'TimeoutError',
      message: 'took too long',
    });
  });
});

describe('E3: a cancel arrives', () => {
  test('as a CancelledError with the cause it had', async () => {
    const stop = new CancellationToken({ name: 'stop' });
    const work = caughtCancel(cancelScope('work', { token: stop }, (scope) => scope.race(new Promise(() => {}))));
    stop.cancel('superseded', 'newer one');
    const thrown = await work;

    const error = arrived(thrown) as CancelledError;

    expect(error).toBeInstanceOf(CancelledError);
    expect(isCancelled(error, 'superseded')).toBe(true);
    expect(error.message).toBe(thrown.message);
    expect(error.cause.toJSON()).toEqual(thrown.cause.toJSON());
  });

  test('of another kind as the error it is: a look-alike has no cause to bring', async () => {
    const alike = Object.defineProperty(new Error('mocked'), Symbol.for('cancelscope.CancelledError'), { value: true });

    expect(arrived(alike)).toMatchObject({ name: 'Error', message: 'mocked' });
    expect(arrived(Object.assign(Object.create(alike) as object, { cause: { reason: 'manual' } }))).toBeDefined();
    expect(await caught(Promise.reject(arrived(alike)))).not.toBeInstanceOf(CancelledError);
  });
});

describe('E3: anything else arrives', () => {
  test('as it is, if it can be cloned', () => {
    const cloneable = fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true });

    fc.assert(
      fc.property(cloneable, (thrown) => {
        expect(arrived(thrown)).toEqual(structuredClone(thrown));
      }),
    );
  });

  test.each([
    ['a function', () => {}],
    ['a symbol', Symbol('thrown')],
    ['a token', new CancellationToken()],
    ['an object with a function', { retry: () => {} }],
  ])('as text, if it cannot: %s', (_what, thrown) => {
    expect(arrived(thrown)).toBe('(a value that cannot be sent)');
  });

  const no = (): never => {
    throw new Error('do not look');
  };
  test.each([
    ['an error whose message throws', Object.defineProperty(new Error('x'), 'message', { get: no })],
    ['an error whose code throws', Object.defineProperty(new Error('x'), 'code', { get: no })],
    ['an error whose name is a symbol', Object.assign(new Error('x'), { name: Symbol('name') })],
    ['an error whose message is a function', Object.assign(new Error('x'), { message: no })],
    ['an error whose stack is an object', Object.assign(new Error('x'), { stack: { toString: no } })],
    ['an object whose parts throw', Object.defineProperty({}, 'part', { get: no, enumerable: true })],
    ['a proxy that lets nobody in', new Proxy({}, { get: no, has: no, getPrototypeOf: no, ownKeys: no })],
    ['a proxy of an error', new Proxy(new Error('x'), { get: no, has: no, getPrototypeOf: no, ownKeys: no })],
    ['a revoked proxy', revoked()],
  ])('as something, whatever it does when it is read: %s', (_what, thrown) => {
    expect(arrived(thrown)).toBeDefined();
  });
});

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
