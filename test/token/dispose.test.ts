import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope, triggers } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn } from '../support/process-errors.ts';

guardLeaks();

describe('T14: children and disposal', () => {
  test('makes a child of a cancelled token cancelled from birth, with the same root', () => {
    const parent = new CancellationToken({ name: 'parent' });
    parent.cancel('timeout');

    const child = parent.child({ name: 'child' });

    expect(child.isCancelled).toBe(true);
    expect(child.cause).toMatchObject({ reason: 'parent', token: { name: 'child' } });
    expect(child.cause?.root).toBe(parent.cause);
    expect(child.cancel()).toBe(false);
  });

  test('makes a child of a disposed token one on its own', () => {
    const parent = new CancellationToken();
    parent.dispose();

    const child = parent.child();

    expect([child.isCancelled, child.cancel()]).toEqual([false, true]);
  });

  test('cancels no parent and no sibling with a child', () => {
    const parent = new CancellationToken();
    const [first, second] = [parent.child(), parent.child()];

    first.cancel();

    expect([parent.isCancelled, first.isCancelled, second.isCancelled]).toEqual([false, true, false]);
    second.dispose();
  });

  test('is final once disposed: it never reads cancelled, and runs no listener', async () => {
    const token = new CancellationToken();
    const heard: unknown[] = [];
    token.onCancel((cause) => heard.push(cause));
    const { signal } = token;

    token.dispose();
    token.dispose();
    const won = token.cancel();
    await loopTurn();

    expect([won, token.isCancelled, signal.aborted]).toEqual([false, false, false]);
    expect(heard).toEqual([]);
    expect(token.cause).toBeUndefined();
  });

  test('stays cancelled when disposed afterwards', () => {
    const token = new CancellationToken();
    token.cancel('timeout');

    token.dispose();

    expect([token.isCancelled, token.cause?.reason]).toEqual([true, 'timeout']);
  });

  test('lets go of a child at the end of its block', () => {
    const parent = new CancellationToken();
    const heard: unknown[] = [];
    {
      using child = parent.child();
      child.onCancel((cause) => heard.push(cause));
    }

    parent.cancel();

    expect(heard).toEqual([]);
  });
});

describe('T14: no token keeps the process alive', () => {
  test('nor does a scope with a deadline, a signal, triggers and somebody who waits', () => {
    const before = process.getActiveResourcesInfo().toSorted();
    const { signal } = new AbortController();
    const started = [triggers.timeout(1e6), triggers.predicate(() => false), triggers.memory({ rssBytes: 1e15 })];

    const scope = openScope('work', { timeoutMs: 1e6, signal, triggers: [...started, triggers.osSignal('SIGUSR2')] });
    void scope.token.whenCancelled();
    void CancellationToken.any([scope.token, signal]).signal;
    const during = process.getActiveResourcesInfo().toSorted();
    scope.cancel();
    scope.close();

    expect(during).toEqual(before);
  });
});
