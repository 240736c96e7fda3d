import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe("T3: an outer token's listeners before an inner one's", () => {
  test('runs them from the outside in, whoever registered first', () => {
    const outer = new CancellationToken();
    const middle = outer.child();
    const inner = middle.child();
    const order: string[] = [];
    inner.onCancel(() => order.push('inner'));
    middle.onCancel(() => order.push('middle'));
    outer.onCancel(() => order.push('outer'));

    outer.cancel();

    expect(order).toEqual(['outer', 'middle', 'inner']);
  });

  test('counts a linked token as outer', () => {
    const root = new CancellationToken();
    const branch = root.child();
    const order: string[] = [];
    const late = CancellationToken.any([root]);
    const target = CancellationToken.any([branch, late]);
    target.onCancel(() => order.push('target'));
    late.onCancel(() => order.push('late'));
    branch.onCancel(() => order.push('branch'));

    root.cancel();

    expect(order.at(-1)).toBe('target');
    expect(order).toHaveLength(3);
  });

  test('counts a linked token as outer also when a shared tree reaches the inner one first', () => {
    const root = openScope('root');
    const parent = openScope('parent', { parent: root });
    const elsewhere = root.token.child().child();
    const scope = openScope('scope', { parent, token: elsewhere });
    const order: string[] = [];
    scope.onCancel(() => order.push('scope'));
    elsewhere.onCancel(() => order.push('elsewhere'));

    root.cancel();

    expect(order).toEqual(['elsewhere', 'scope']);
    for (const open of [scope, parent, root]) open.close();
  });

  test('counts sources as outer that are made while they are asked for', () => {
    const order: string[] = [];
    let source: CancellationToken | undefined;
    function* sources(): Generator<CancellationToken> {
      yield (source = new CancellationToken());
    }
    const any = CancellationToken.any(sources());
    any.onCancel(() => order.push('any'));
    source?.onCancel(() => order.push('source'));

    source?.cancel();

    expect(order).toEqual(['source', 'any']);
  });

  test('runs the listeners of a scope that an outer listener closes', () => {
    const outer = openScope('outer');
    const inner = openScope('inner', { parent: outer });
    let heard = 0;
    inner.onCancel(() => heard++);
    const { signal } = inner;
    outer.onCancel(() => inner.close());

    outer.cancel();

    expect([heard, signal.aborted]).toEqual([1, true]);
    outer.close();
  });
});
