import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, openScope, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

describe('S8: shield', () => {
  test('gives back what its body gives', async () => {
    expect(await cancelScope('work', (scope) => scope.shield(() => Promise.resolve(7)))).toBe(7);
  });

  test('does not let the outer cancel through, and applies it on return', async () => {
    const clock = virtualClock();
    let seen: unknown;
    let after = false;
    const run = caughtCancel(
      cancelScope('work', { clock }, async (scope) => {
        clock.setTimer(() => scope.cancel('shutdown'), 50);
        await scope.shield(async (inner) => {
          await sleepOn(clock, 100);
          inner.throwIfCancelled();
          seen = { inner: inner.isCancelled, signal: inner.signal.aborted, outer: scope.isCancelled };
        });
        after = true;
      }),
    );

    await clock.advance(100);

    expect((await run).reason).toBe('shutdown');
    expect(seen).toEqual({ inner: false, signal: false, outer: true });
    expect(after).toBe(false);
  });

  test('holds back a cancel that was pending before it began', async () => {
    let finished = false;

    const error = await caughtCancel(
      cancelScope('work', async (scope) => {
        scope.cancel('disconnect');
        await scope.shield(async (inner) => {
          await Promise.resolve();
          inner.throwIfCancelled();
          finished = true;
        });
      }),
    );

    expect(finished).toBe(true);
    expect(error.reason).toBe('disconnect');
  });

  test("lets an error of the body's own go first", async () => {
    const broken = new Error('commit failed');
    const recorded = record();

    const error = await caught(
      cancelScope('work', (scope) =>
        scope.shield(() => {
          scope.cancel();
          throw broken;
        }),
      ),
    );

    expect(error).toBe(broken);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed' }, { outcome: 'failed' }]);
  });

  test('keeps the outer deadline away too', async () => {
    const clock = busyClock();
    let remaining: number | undefined;

    const error = await caughtCancel(
      cancelScope('work', { clock, timeoutMs: 50 }, (scope) =>
        scope.shield((inner) => {
          clock.block(60);
          inner.throwIfCancelled();
          remaining = inner.remainingMs;
          scope.throwIfCancelled();
        }),
      ),
    );

    expect(remaining).toBe(Infinity);
    expect(error.reason).toBe('timeout');
  });

  test('is the ambient scope for its body, so that scopes opened there are shielded', async () => {
    const seen = await caught(
      cancelScope('work', (scope) =>
        scope.shield(async (inner) => {
          scope.cancel('shutdown');
          const parent = await cancelScope('commit', (commit) => commit.parent);
          throw new Error(String(parent === inner && currentScope() === inner));
        }),
      ),
    );

    expect(seen).toMatchObject({ message: 'true' });
  });

  test('can be cancelled itself, which is no cancel of the scope around', async () => {
    await cancelScope('work', async (scope) => {
      const error = await caughtCancel(
        scope.shield((inner) => {
          inner.cancel('superseded');
          inner.throwIfCancelled();
        }),
      );

      expect([error.reason, scope.isCancelled]).toEqual(['superseded', false]);
    });
  });

  test('inside a shield holds both', async () => {
    const steps: string[] = [];

    const error = await caughtCancel(
      cancelScope('work', (scope) =>
        scope.shield(async (inner) => {
          await inner.shield((innermost) => {
            scope.cancel('shutdown');
            steps.push(`innermost ${innermost.isCancelled}`);
          });
          inner.throwIfCancelled();
          steps.push(`inner ${inner.isCancelled}`);
        }),
      ),
    );

    expect(steps).toEqual(['innermost false', 'inner false']);
    expect(error.reason).toBe('shutdown');
  });
});

describe('S8: maxMs', () => {
  async function shieldedFor(maxMs: number, cancelAt: number, workMs: number) {
    const clock = virtualClock();
    const recorded = record();
    const outer = openScope('work', { clock });
    let noticedAt: number | undefined;
    const run = outer
      .run(() =>
        outer.shield(
          async (inner) => {
            inner.onCancel(() => (noticedAt = clock.now()));
            await inner.race(sleepOn(clock, workMs));
          },
          { maxMs },
        ),
      )
      .then(
        () => 'returned',
        (error: unknown) => error,
      );
    clock.setTimer(() => outer.cancel('shutdown'), cancelAt);
    await clock.advance(1_000);
    outer.close();
    return { result: await run, noticedAt, deferred: recorded.of('shieldLeft') };
  }

  test('counts from the moment a cancel is pending', async () => {
    const { result, noticedAt, deferred } = await shieldedFor(30, 100, 500);

    expect(noticedAt).toBe(130);
    expect(result).toMatchObject({ reason: 'shutdown' });
    expect(deferred).toEqual([{ deferredMs: 30 }]);
  });

  test('cancels nothing when the body is done in time', async () => {
    const { result, noticedAt, deferred } = await shieldedFor(30, 100, 120);

    expect(noticedAt).toBeUndefined();
    expect(result).toMatchObject({ reason: 'shutdown' });
    expect(deferred).toEqual([{ deferredMs: 20 }]);
  });

  test('leaves no timer behind', async () => {
    const clock = virtualClock();
    const outer = openScope('work', { clock });

    await caught(outer.shield(() => outer.cancel(), { maxMs: 30 }));
    outer.close();

    expect(clock.pendingTimers).toBe(0);
  });

  test('cancels nothing when no cancel comes', async () => {
    const { result, deferred } = await shieldedFor(30, 900, 500);

    expect(result).toBe('returned');
    expect(deferred).toEqual([{ deferredMs: 0 }]);
  });

  test.each([0, -1])('of %s lets a cancel through without delay', async (maxMs) => {
    const { noticedAt } = await shieldedFor(maxMs, 100, 500);

    expect(noticedAt).toBe(100);
  });

  test('gives the inner scope a cause that leads to the outer cancel', async () => {
    const clock = virtualClock();
    const outer = openScope('work', { clock });
    let inner!: Scope;
    const run = caught(
      outer.shield(
        async (own) => {
          inner = own;
          await sleepOn(clock, 100);
        },
        { maxMs: 10 },
      ),
    );

    outer.cancel('disconnect');
    await clock.advance(100);
    await run;
    outer.close();

    expect(inner.cause).toMatchObject({ reason: 'parent', via: ['shield'], root: { reason: 'disconnect' } });
  });

  test.each([Number.NaN, '5', null])('of %s is an error that names it, and nothing is opened', async (maxMs) => {
    const outer = openScope('work');

    const error = await caught(outer.shield(() => 1, { maxMs: maxMs as number }));
    outer.close();

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'maxMs' });
  });
});
