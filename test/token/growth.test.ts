import { describe, expect, onTestFinished, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn } from '../support/process-errors.ts';

guardLeaks();

describe('T14: a live parent holds its children', () => {
  test('hands the children of a disposed token to its parent', () => {
    const top = new CancellationToken();
    const middle = top.child();
    const leaf = middle.child();
    middle.dispose();

    top.cancel('shutdown');

    expect([middle.isCancelled, leaf.isCancelled]).toEqual([false, true]);
    expect(leaf.cause?.root).toBe(top.cause);
  });

  test('hands the links of a disposed token to its parent', () => {
    const top = new CancellationToken();
    const middle = top.child();
    const any = CancellationToken.any([middle]);
    const all = CancellationToken.all([middle, new CancellationToken()]);
    middle.dispose();

    top.cancel();

    expect([any.isCancelled, all.isCancelled]).toEqual([true, false]);
  });

  test('leaves the children of a disposed root on their own', () => {
    const root = new CancellationToken();
    const child = root.child();
    root.dispose();

    const answers = [root.cancel(), child.isCancelled, child.cancel()];

    expect(answers).toEqual([false, false, true]);
  });

  test('reports a parent whose children only grow, once', async () => {
    const warnings = leakWarnings();
    const parent = new CancellationToken({ name: 'server' });
    const children: CancellationToken[] = [];
    const grow = (count: number): void => {
      for (let made = 0; made < count; made++) children.push(parent.child());
    };

    grow(10_000);
    children.pop()?.dispose();
    grow(20_000);
    await loopTurn();

    expect(warnings).toEqual([expect.stringContaining('"server"')]);
    parent.cancel();
  });

  test('reports no parent whose children come and go', async () => {
    const warnings = leakWarnings();
    const parent = new CancellationToken();

    for (let made = 0; made < 20_000; made++) parent.child().dispose();
    for (let made = 0; made < 20_000; made++) parent.child().cancel();
    await loopTurn();

    expect(warnings).toEqual([]);
  });
});

/** Messages of growth warnings until the test is over. */
function leakWarnings(): string[] {
  const messages: string[] = [];
  const keep = (warning: Error & { code?: string }): void => {
    if (warning.code === 'CANCELSCOPE_CHILD_LEAK') messages.push(warning.message);
  };
  process.on('warning', keep);
  onTestFinished(() => void process.off('warning', keep));
  return messages;
}
