import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

describe('T2: mark before notify', () => {
  test('shows every descendant cancelled to the first listener that runs', () => {
    const root = new CancellationToken();
    const family = [root, root.child(), root.child()];
    family.push(...family.slice(1).map((token) => token.child()));
    const seen: boolean[][] = [];
    for (const token of family) token.onCancel(() => seen.push(family.map(({ isCancelled }) => isCancelled)));

    root.cancel();

    expect(seen).toEqual(Array.from({ length: 5 }, () => [true, true, true, true, true]));
  });

  test('shows what derives over links cancelled too, however far', () => {
    const root = new CancellationToken();
    const linked = CancellationToken.any([root.child()]);
    const all = CancellationToken.all([linked.child(), root]);
    const far = all.child();
    const seen: boolean[] = [];
    root.onCancel(() => seen.push(linked.isCancelled, all.isCancelled, far.isCancelled));

    root.cancel();

    expect(seen).toEqual([true, true, true]);
  });

  test('shows descendants cancelled to monitors as well', () => {
    const root = new CancellationToken();
    const child = root.child();
    let seen: boolean | undefined;
    monitorInTest({ tokenCancelled: () => void (seen = child.isCancelled) });

    root.cancel();

    expect(seen).toBe(true);
  });

  test('shows descendants cancelled to a native listener on the signal', () => {
    const root = new CancellationToken();
    const child = root.child();
    const seen: boolean[] = [];
    root.signal.addEventListener('abort', () => seen.push(child.isCancelled));

    root.cancel();

    expect(seen).toEqual([true]);
  });

  test('cancels a scope under one parent that is linked to its own sibling', () => {
    const root = openScope('root');
    const sibling = root.token.child();
    const scope = openScope('linked', { parent: root, token: sibling });
    const after = root.token.child();

    const won = root.cancel();

    expect([won, sibling.isCancelled, scope.isCancelled, after.isCancelled]).toEqual([true, true, true, true]);
    scope.close();
    root.close();
  });

  test('cancels a last child that is linked to its first sibling', () => {
    const root = openScope('root');
    const first = root.token.child();
    const scope = openScope('linked', { parent: root, token: first });

    const won = root.cancel();

    expect([won, first.isCancelled, scope.isCancelled]).toEqual([true, true, true]);
    scope.close();
    root.close();
  });

  test('cancels a chain of 100,000 to its end', () => {
    const root = new CancellationToken();
    let leaf = root;
    for (let depth = 1; depth < 100_000; depth++) leaf = leaf.child();
    let heard = 0;
    leaf.onCancel(() => heard++);

    root.cancel('shutdown');

    expect([leaf.isCancelled, heard]).toEqual([true, 1]);
    expect(leaf.cause?.root).toBe(root.cause);
  });

  test('cancels a chain of 100,000 links to its end', () => {
    const root = new CancellationToken();
    let leaf = root;
    for (let depth = 1; depth < 100_000; depth++) leaf = CancellationToken.any([leaf]);

    root.cancel();

    expect(leaf.isCancelled).toBe(true);
    expect(leaf.cause?.root).toBe(root.cause);
  });

  test('cancels a tree of 1,000,000', { timeout: 60_000 }, () => {
    const root = new CancellationToken();
    const leaves: CancellationToken[] = [];
    for (let branch = 0; branch < 1_000; branch++) {
      const middle = root.child();
      for (let leaf = 0; leaf < 999; leaf++) leaves.push(middle.child());
    }

    root.cancel();

    expect(leaves.every(({ isCancelled }) => isCancelled)).toBe(true);
  });
});
