import { describe, expect, test } from 'vitest';
import {
  adopt,
  CancellationToken,
  CancelledError,
  cancelScope,
  InvalidArgumentError,
  openScope,
  ReadonlyToken,
} from '../../src/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

describe('an adopted signal', () => {
  test('is a live token with the name it was given', () => {
    const token = adopt(new AbortController().signal, { name: 'client' });

    expect([token.name, token.isCancelled, token.cause]).toEqual(['client', false, undefined]);
    expect(() => token.throwIfCancelled()).not.toThrow();
  });

  test('is called AbortSignal without one', () => {
    expect(adopt(new AbortController().signal).name).toBe('AbortSignal');
  });

  test.each<[what: string, abortReason: unknown, read: object]>([
    ['a plain abort', undefined, { reason: 'abort', message: 'This operation was aborted' }],
    ['an error', new Error('peer reset'), { reason: 'abort', message: 'peer reset' }],
    ['a time limit', new DOMException('too slow', 'TimeoutError'), { reason: 'timeout', message: 'too slow' }],
    ['a string', 'user left', { reason: 'abort', message: 'user left' }],
  ])('reads %s, with a listener on it or not', (_what, abortReason, read) => {
    const [listened, bare] = [new AbortController(), new AbortController()];
    let heard: unknown;
    adopt(listened.signal).onCancel((cause) => (heard = cause));

    listened.abort(abortReason);
    bare.abort(abortReason);

    expect(adopt(listened.signal).cause).toMatchObject({ ...read, via: ['AbortSignal'] });
    expect(heard).toBe(adopt(listened.signal).cause);
    expect(adopt(bare.signal).cause).toMatchObject({ ...read, via: ['AbortSignal'] });
  });

  test('of an error of ours has its cause as the root', () => {
    const source = new CancellationToken({ name: 'source' });
    source.cancel('disconnect', 'gone');
    const controller = new AbortController();

    controller.abort(source.signal.reason);

    expect(adopt(controller.signal).cause).toMatchObject({ reason: 'parent' });
    expect(adopt(controller.signal).cause?.root).toBe(source.cause);
  });

  test('made by a token is that token', () => {
    const source = new CancellationToken({ name: 'source' });

    const token = adopt(source.signal, { name: 'other' });

    expect([token.id, token.name]).toEqual([source.id, 'source']);
    expect(token).toBeInstanceOf(ReadonlyToken);
    source.cancel();
  });

  test('throws, resolves and aborts like any token', async () => {
    const controller = new AbortController();
    const token = adopt(controller.signal, { name: 'client' });
    const { signal } = token;
    const told = token.whenCancelled();

    controller.abort();

    expect(() => token.throwIfCancelled()).toThrow(CancelledError);
    expect(await told).toBe(token.cause);
    expect(signal.reason).toMatchObject({ cause: token.cause });
  });

  test('cancels the scopes that were given it, and is the root of their causes', async () => {
    const controller = new AbortController();
    const token = adopt(controller.signal, { name: 'client' });
    const work = cancelScope('search', { token }, (scope) => scope.race(new Promise(() => {})));

    controller.abort('gone');

    const error = await caughtCancel(work);
    expect(error.message).toBe('"search" was cancelled: parent (abort of "client"): gone');
    expect(error.cause.root).toBe(token.cause);
  });

  test.each([[undefined], [null], [{}], [new EventTarget()], [{ aborted: false, addEventListener() {} }]])(
    'must be an AbortSignal, and is not: %s',
    (value) => {
      expect(() => adopt(value as AbortSignal)).toThrow(new InvalidArgumentError('signal', 'an AbortSignal', value));
    },
  );

  test('must have a string for a name', () => {
    const { signal } = new AbortController();

    expect(() => adopt(signal, { name: 7 as unknown as string })).toThrow(InvalidArgumentError);
  });
});

describe('F4: one token a signal, which changes nothing about the signal', () => {
  test('adopted again, it is the same token, with the first name', () => {
    const { signal } = new AbortController();
    const first = adopt(signal, { name: 'first' });

    const second = adopt(signal, { name: 'second' });

    expect([second.id, second.name]).toEqual([first.id, 'first']);
  });

  test('cancelled, it has the same cause each time', () => {
    const signal = AbortSignal.abort();

    expect(adopt(signal).cause).toBe(adopt(signal).cause);
  });

  test('it has no way to cancel', () => {
    const { signal } = new AbortController();
    const token = adopt(signal);
    const scope = openScope('work', { token });

    scope.cancel('manual');

    expect('cancel' in token).toBe(false);
    expect([token.isCancelled, signal.aborted]).toEqual([false, false]);
    scope.close();
  });

  test('its abort is one event, however often it was adopted', () => {
    const recorded = record();
    const controller = new AbortController();
    for (let time = 0; time < 3; time++) adopt(controller.signal).onCancel(() => {});

    controller.abort();

    expect(recorded.of('tokenCancelled').map(({ cause, targets }) => [cause.reason, targets])).toEqual([['abort', 1]]);
    expect(adopt(controller.signal).isCancelled).toBe(true);
    expect(recorded.of('cancelRequested')).toHaveLength(1);
  });
});
