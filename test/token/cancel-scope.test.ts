import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, currentScope, openScope, registry, type Scope } from '../../src/index.ts';
import { liveCounts } from '../../src/instrumentation/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

describe('S1: a scope has a token of its own', () => {
  test('cancelling it leaves the token and the signal it was given alone', async () => {
    const token = new CancellationToken();
    const controller = new AbortController();

    await caughtCancel(
      cancelScope('work', { token, signal: controller.signal }, (scope) => {
        scope.cancel();
        scope.throwIfCancelled();
      }),
    );

    expect(token.isCancelled).toBe(false);
    expect(controller.signal.aborted).toBe(false);
  });

  test('cancelling it leaves its parent and its siblings alone', async () => {
    const states = await cancelScope('outer', async (outer) => {
      const sibling = openScope('sibling');
      await caughtCancel(
        cancelScope('inner', (inner) => {
          inner.cancel();
          inner.throwIfCancelled();
        }),
      );
      const seen = [outer.isCancelled, sibling.isCancelled];
      sibling.close();
      return seen;
    });

    expect(states).toEqual([false, false]);
  });

  test('lets go of the token it was given when it ends', async () => {
    const token = new CancellationToken();
    let ended: Scope | undefined;
    await cancelScope('work', { token }, (scope) => void (ended = scope));

    token.cancel();

    expect(ended?.isCancelled).toBe(false);
    expect(ended?.outcome).toBe('completed');
  });
});

describe('T7, Y2: what hangs on a scope, and where it is listed,', () => {
  test.each([
    ['completed', () => 1],
    ['failed', () => Promise.reject(new Error('broken'))],
    ['cancelled', (scope: Scope) => (scope.cancel(), scope.throwIfCancelled())],
  ])('is gone when it has %s: its listeners, and its own on a foreign signal', async (_title, end) => {
    const { signal } = new AbortController();
    const before = liveCounts();
    let during = 0;
    let id = '';

    await cancelScope('work', { signal }, (scope) => {
      scope.onCancel(() => {});
      void scope.signal;
      id = scope.id;
      during = getEventListeners(signal, 'abort').length;
      return end(scope);
    }).catch(() => {});

    expect(during).toBe(1);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(liveCounts()).toEqual(before);
    expect(registry.get(id)).toBeUndefined();
  });
});

describe('S2: parents', () => {
  test('is the ambient scope unless something else is asked for', async () => {
    await cancelScope('outer', async (outer) => {
      const parent = await cancelScope('inner', (inner) => inner.parent);

      expect(parent).toBe(outer);
    });
  });

  test('the parent option goes before the ambient scope', async () => {
    const other = openScope('other');

    const parent = await cancelScope('outer', () => cancelScope('inner', { parent: other }, (inner) => inner.parent));
    other.close();

    expect(parent).toBe(other);
  });

  test('a detached scope has none, and outlives a cancel of the ambient one', async () => {
    const result = await cancelScope('outer', async (outer) => {
      const detached = await cancelScope('inner', { detached: true }, (inner) => {
        outer.cancel();
        return { parent: inner.parent, cancelled: inner.isCancelled, ambient: currentScope() === inner };
      });
      return detached;
    });

    expect(result).toEqual({ parent: undefined, cancelled: false, ambient: true });
  });

  test('a cancel reaches grandchildren, each with a cause that leads to the root', async () => {
    const outer = openScope('outer');
    const causes = cancelScope('middle', { parent: outer }, () =>
      cancelScope('inner', (inner) => {
        outer.cancel('shutdown', 'draining');
        return inner.cause;
      }),
    );

    const cause = await causes;
    outer.close();

    expect(cause).toMatchObject({ reason: 'parent', parent: { reason: 'parent', parent: { reason: 'shutdown' } } });
    expect(cause?.root).toMatchObject({ reason: 'shutdown', message: 'draining', token: { name: 'outer' } });
  });

  test('a child takes its clock from its parent', async () => {
    const clock = virtualClock();
    const outer = openScope('outer', { clock });
    const run = cancelScope('inner', { parent: outer, timeoutMs: 100 }, async (scope) => {
      await sleepOn(clock, 200);
      scope.throwIfCancelled();
    });
    const error = caughtCancel(run);

    await clock.advance(200);
    outer.close();

    expect((await error).reason).toBe('timeout');
  });
});

describe('cancelScope', () => {
  test('gives back what a body returns, sync or async', async () => {
    expect(await cancelScope('work', () => 7)).toBe(7);
    expect(await cancelScope('work', {}, () => Promise.resolve(8))).toBe(8);
    expect(await cancelScope('work', undefined, () => 9)).toBe(9);
  });

  test('rejects and never throws when a body throws at once', async () => {
    const broken = new Error('at once');

    const error = await caught(
      cancelScope('work', () => {
        throw broken;
      }),
    );

    expect(error).toBe(broken);
  });

  test('takes a thenable for a promise', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what is under test
    const value = await cancelScope('work', () => ({ then: (done: (value: number) => void) => done(5) }) as never);

    expect(value).toBe(5);
  });
});

describe('S4: requested, acknowledged and settled are kept apart', () => {
  test('reads cancelling from the request to the end of the body, whoever asks', async () => {
    const states: string[] = [];

    const error = await caughtCancel(
      cancelScope('work', async (scope) => {
        states.push(scope.state);
        scope.cancel('manual', 'enough');
        states.push(scope.state);
        await Promise.resolve();
        states.push(scope.state);
        scope.onCancel(() => states.push(`listener: ${scope.state}`));
        try {
          scope.throwIfCancelled();
        } finally {
          states.push(`clean-up: ${scope.state}`);
        }
      }),
    );

    expect(states).toEqual(['open', 'cancelling', 'cancelling', 'listener: cancelling', 'clean-up: cancelling']);
    expect(error.cause.message).toBe('enough');
  });

  test('takes the reason from the cause, whatever the exception claims', async () => {
    const recorded = record();

    const error = await caughtCancel(
      cancelScope('work', (scope) => {
        scope.cancel('disconnect');
        throw new DOMException('The operation timed out', 'AbortError');
      }),
    );

    expect(error.reason).toBe('disconnect');
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { reason: 'disconnect' } }]);
  });

  test('counts a second cancel as redundant, and one after the end as late; neither changes anything', async () => {
    const recorded = record();
    let kept: Scope | undefined;

    await caughtCancel(
      cancelScope('work', (scope) => {
        kept = scope;
        scope.cancel('manual', 'first');
        expect(scope.cancel('shutdown', 'second')).toBe(false);
        scope.throwIfCancelled();
      }),
    );
    const late = kept?.cancel('shutdown', 'third');

    expect(late).toBe(false);
    expect(kept?.cause).toMatchObject({ reason: 'manual', message: 'first' });
    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['accepted', 'redundant', 'late']);
  });

  test('counts a cancel of a scope that completed as late, and it stays completed', async () => {
    const recorded = record();
    let kept!: Scope;
    await cancelScope('work', (scope) => void (kept = scope));

    const won = kept.cancel();

    expect(won).toBe(false);
    expect(kept).toMatchObject({ outcome: 'completed', isCancelled: false, state: 'settled' });
    expect(recorded.of('cancelRequested')).toMatchObject([{ result: 'late', cause: undefined }]);
  });
});
