import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope, ReadonlyToken } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('T13: a readonly token', () => {
  test('has no way to cancel, dispose or derive', () => {
    const view = new CancellationToken().readonly();

    const ways = ['cancel', 'dispose', 'child', 'readonly', Symbol.dispose].filter((name) => name in view);

    expect(view).toBeInstanceOf(ReadonlyToken);
    expect(ways).toEqual([]);
  });

  test('reads what its token reads', () => {
    const token = new CancellationToken({ name: 'work' });
    const view = token.readonly();
    const before = [view.isCancelled, view.cause];

    token.cancel('timeout');

    expect(before).toEqual([false, undefined]);
    expect([view.id, view.name, view.isCancelled]).toEqual([token.id, 'work', true]);
    expect(view.cause).toBe(token.cause);
    expect(view.signal).toBe(token.signal);
    expect(() => view.throwIfCancelled()).toThrow(expect.objectContaining({ reason: 'timeout' }));
  });

  test('hears of the cancel, and may stop listening', () => {
    const token = new CancellationToken();
    const view = token.readonly();
    const heard: string[] = [];
    view.onCancel(({ reason }) => heard.push(reason));
    const off = view.onCancel(() => heard.push('never'));

    const taken = off.dispose();
    token.cancel('timeout');

    expect(taken).toBe(true);
    expect(heard).toEqual(['timeout']);
  });

  test('can be what a scope derives from', () => {
    const token = new CancellationToken();
    const scope = openScope('work', { token: token.readonly() });

    token.cancel('shutdown');

    expect(scope.cause?.root).toBe(token.cause);
    scope.close();
  });
});

describe('T13: a token cannot be cloned or posted by accident', () => {
  const live = new CancellationToken();
  const cancelled = new CancellationToken();
  cancelled.cancel();

  test.each([
    ['a live token', live],
    ['a cancelled token', cancelled],
    ['a view', live.readonly()],
    ['an object with a token in it', { task: 1, stop: live }],
  ])('structuredClone of %s names shareToken', (_what, value) => {
    expect(() => structuredClone(value)).toThrow(/shareToken\(token\)/);
  });

  test('posting one names shareToken', () => {
    const { port1, port2 } = new MessageChannel();

    expect(() => port1.postMessage({ stop: live })).toThrow(/shareToken\(token\)/);
    port1.close();
    port2.close();
  });

  test('structuredClone of a scope names shareToken', () => {
    const scope = openScope('work');

    expect(() => structuredClone(scope)).toThrow(/shareToken/);
    scope.close();
  });
});
