import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('T11: one listener on a foreign signal', () => {
  test('however many tokens derive from it', () => {
    const { signal } = new AbortController();
    const tokens = Array.from({ length: 100 }, () => CancellationToken.any([signal]));

    const listeners = listenersOn(signal);

    expect(listeners).toBe(1);
    for (const token of tokens) token.dispose();
  });

  test('which is removed when the last one leaves, not before', () => {
    const { signal } = new AbortController();
    const tokens = Array.from({ length: 3 }, () => CancellationToken.any([signal]));

    const counts = tokens.map((token) => {
      token.dispose();
      return listenersOn(signal);
    });

    expect(counts).toEqual([1, 1, 0]);
  });

  test('which is there again when the next one comes', () => {
    const controller = new AbortController();
    CancellationToken.any([controller.signal]).dispose();
    const token = CancellationToken.any([controller.signal]);

    controller.abort();

    expect(token.isCancelled).toBe(true);
  });

  test('for any, all and scopes together', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const any = CancellationToken.any([signal]);
    const all = CancellationToken.all([signal, any]);
    const scope = openScope('work', { signal });
    const listeners = listenersOn(signal);

    controller.abort();

    expect(listeners).toBe(1);
    expect([any, all, scope].map(({ isCancelled }) => isCancelled)).toEqual([true, true, true]);
    scope.close();
  });

  test('and none on one that has aborted', () => {
    const signal = AbortSignal.abort();

    const token = CancellationToken.any([signal]);

    expect([token.isCancelled, listenersOn(signal)]).toEqual([true, 0]);
  });

  test('and none left after the abort', () => {
    const controller = new AbortController();
    CancellationToken.any([controller.signal]);

    controller.abort();

    expect(listenersOn(controller.signal)).toBe(0);
  });
});

describe('T2: one foreign abort is one event', () => {
  test('everything that derives from the signal is marked before any listener runs', () => {
    const controller = new AbortController();
    const tokens = Array.from({ length: 3 }, () => CancellationToken.any([controller.signal]));
    tokens.push(...tokens.map((token) => token.child()));
    const seen: boolean[][] = [];
    for (const token of tokens) token.onCancel(() => seen.push(tokens.map(({ isCancelled }) => isCancelled)));

    controller.abort();

    expect(seen).toEqual(Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => true)));
  });

  test('an outer scope hears of it before an inner one that was given the same signal (T3)', () => {
    const controller = new AbortController();
    const outer = openScope('outer', { signal: controller.signal });
    const inner = openScope('inner', { parent: outer, signal: controller.signal });
    const order: string[] = [];
    inner.onCancel(() => order.push('inner'));
    outer.onCancel(() => order.push('outer'));

    controller.abort();

    expect(order).toEqual(['outer', 'inner']);
    inner.close();
    outer.close();
  });
});

describe('a foreign abort', () => {
  test('is a cause with reason abort, its message, and the way it came', () => {
    const controller = new AbortController();
    const token = CancellationToken.any([controller.signal], { name: 'request' });

    controller.abort(new Error('peer reset'));

    expect(token.cause).toMatchObject({ reason: 'abort', message: 'peer reset', via: ['AbortSignal'] });
    expect(token.cause?.root).toBe(token.cause);
  });

  test('of a token of ours keeps its cause as the root', () => {
    const source = new CancellationToken({ name: 'source' });
    const derived = CancellationToken.any([source.signal]);

    source.cancel('disconnect', 'gone');

    expect(derived.cause).toMatchObject({ reason: 'parent', root: { reason: 'disconnect', message: 'gone' } });
    expect(derived.cause?.root).toBe(source.cause);
  });

  test('of a token of ours has marked what derives from it before any listener runs (T2)', () => {
    const source = new CancellationToken();
    let seen: boolean | undefined;
    source.onCancel(() => {
      seen = derived.isCancelled;
    });
    const derived = CancellationToken.any([source.signal]);

    source.cancel();

    expect(seen).toBe(true);
    expect(listenersOn(source.signal)).toBe(0);
  });
});
