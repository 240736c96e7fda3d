import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('K1: a link is on its source and on its target', () => {
  test('is followed from any place in a long list of links', () => {
    const source = new CancellationToken();
    const targets = Array.from({ length: 9 }, () => CancellationToken.any([source]));
    for (const index of [0, 4, 8]) targets[index]?.dispose();

    source.cancel();

    expect(targets.map(({ isCancelled }) => isCancelled)).toEqual([
      false,
      true,
      true,
      true,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  test('leads to what is linked in the order of linking', () => {
    const source = new CancellationToken();
    const order: number[] = [];
    for (let index = 0; index < 5; index++) CancellationToken.any([source]).onCancel(() => order.push(index));

    source.cancel();

    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test('may be made while its source is cancelled: the target is born cancelled', () => {
    const source = new CancellationToken();
    const made: boolean[] = [];
    source.onCancel(() => made.push(CancellationToken.any([source]).isCancelled));

    source.cancel();

    expect(made).toEqual([true]);
  });
});

describe('K2, T7: everything that links is unlinked', () => {
  test('when the target was cancelled from elsewhere', () => {
    const { signal } = new AbortController();
    const target = CancellationToken.any([signal, new CancellationToken()]);

    target.cancel();

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('when the target was cancelled through another source', () => {
    const { signal } = new AbortController();
    const other = new CancellationToken();
    const target = CancellationToken.any([signal, other]);

    other.cancel();

    expect(target.isCancelled).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('when the target was cancelled from above', () => {
    const { signal } = new AbortController();
    const parent = openScope('parent');
    const child = openScope('child', { parent, signal });

    parent.cancel();

    expect(getEventListeners(signal, 'abort')).toEqual([]);
    child.close();
    parent.close();
  });

  test('when the target is disposed', () => {
    const { signal } = new AbortController();

    CancellationToken.all([signal, new CancellationToken()]).dispose();

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('when the scope that was given the signal settles', () => {
    const { signal } = new AbortController();
    const scope = openScope('work', { signal });
    const while_open = getEventListeners(signal, 'abort').length;

    scope.close();

    expect([while_open, getEventListeners(signal, 'abort').length]).toEqual([1, 0]);
  });

  test('so that a settled scope does not hear of the token it was given', () => {
    const token = new CancellationToken();
    const scope = openScope('work', { token });
    scope.close();

    token.cancel();

    expect([scope.outcome, scope.isCancelled]).toEqual(['completed', false]);
  });
});
