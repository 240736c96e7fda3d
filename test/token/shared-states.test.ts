import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { addSharedState, sharedStatesOf } from '../../src/token/index.ts';
import { sharedStateAbove } from '../../src/token/shared-state.ts';
import { removeSharedState } from '../../src/token/shared-states.ts';
import { foreign } from '../support/foreign-cause.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { HandState } from '../support/hand-state.ts';

guardLeaks();

/** A token that two backends hold, of which the second one decides. */
function heldByTwo(): Record<'told' | 'deciding', HandState> & { readonly token: CancellationToken } {
  const token = new CancellationToken();
  const told = new HandState(token);
  const deciding = new HandState(token, false);
  addSharedState(token, deciding, true);
  return { token, told, deciding };
}

describe('H3: of several backends that hold a token', () => {
  test('the deciding one says who wins, and the others are told what stands', () => {
    const { token, told, deciding } = heldByTwo();
    deciding.standing = foreign('timeout', 'decided');

    const won = token.cancel('manual', 'asked for here');

    expect(won).toBe(false);
    expect(token.cause).toBe(deciding.standing);
    expect(told.standing).toBe(deciding.standing);
  });

  test('all are told of a cancel that wins', () => {
    const { token, told, deciding } = heldByTwo();

    expect(token.cancel()).toBe(true);

    expect(told.standing).toBe(token.cause);
    expect(deciding.standing).toBe(token.cause);
  });

  test('each is looked at, kept and let go of', () => {
    const looked = heldByTwo();
    looked.told.standing = foreign('shutdown');
    const disposed = heldByTwo();
    disposed.token.onCancel(() => {});

    looked.token._onDemand?.shared?.look();
    disposed.token.dispose();

    expect(looked.token.cause).toBe(looked.told.standing);
    expect([disposed.told, disposed.deciding].map(({ kept, released }) => [kept > 0, released])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });

  test('one that is taken off is not told any more', () => {
    const { token, told, deciding } = heldByTwo();

    removeSharedState(token, deciding);
    token.cancel();

    expect([told.settled, deciding.settled, sharedStatesOf(token)]).toEqual([1, 0, [told]]);
  });
});

describe('the state above a token', () => {
  test('is its own, its ancestors’, or that of what it links to', () => {
    const root = new CancellationToken();
    const state = new HandState(root);
    const linked = CancellationToken.any([new CancellationToken(), root.child()]);
    const scope = openScope('work', { token: linked.child(), detached: true });

    expect([root, root.child().child(), linked, scope.token].map(sharedStateAbove)).toEqual([
      state,
      state,
      state,
      state,
    ]);
    scope.close();
    root.cancel();
  });

  test('is none for a token that derives from none such, from a foreign signal, or only has some below it', () => {
    const alone = new CancellationToken();
    const parent = new CancellationToken();
    new HandState(parent.child());
    const adopted = CancellationToken.any([new AbortController().signal]);

    expect([alone, parent, adopted].map(sharedStateAbove)).toEqual([undefined, undefined, undefined]);
    parent.cancel();
    adopted.dispose();
  });
});
