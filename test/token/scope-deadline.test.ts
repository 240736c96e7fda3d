import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled, openScope, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

describe('D1: deadlines', () => {
  test.each([
    [100, 50, 50],
    [50, 100, 50],
    [Infinity, 70, 70],
    [70, Infinity, 70],
    [Infinity, Infinity, Infinity],
    [70, 70, 70],
  ])('of %s ms outside and %s ms inside give %s', (outerMs, innerMs, expected) => {
    const clock = virtualClock({ now: 1_000 });
    const outer = openScope('outer', { clock, timeoutMs: outerMs });
    const inner = openScope('inner', { parent: outer, timeoutMs: innerMs });

    const seen = [inner.deadline - 1_000, inner.remainingMs];
    inner.close();
    outer.close();

    expect(seen).toEqual([expected, expected]);
  });

  test('are never later than any around them, over four levels', () => {
    const clock = virtualClock();
    const scopes: Scope[] = [];
    for (const timeoutMs of [80, 200, 40, 90]) {
      const parent = scopes.at(-1);
      scopes.push(openScope(`t${timeoutMs}`, { clock, timeoutMs, ...(parent && { parent }) }));
    }

    const deadlines = scopes.map(({ deadline }) => deadline);
    for (const scope of scopes.toReversed()) scope.close();

    expect(deadlines).toEqual([80, 80, 40, 40]);
  });

  test('count from the opening, so that a budget inside shrinks with what has passed', async () => {
    const clock = virtualClock();
    const outer = openScope('outer', { clock, timeoutMs: 100 });
    await clock.advance(30);

    const inner = openScope('inner', { parent: outer, timeoutMs: 90 });
    const seen = [outer.remainingMs, inner.deadline];
    inner.close();
    outer.close();

    expect(seen).toEqual([70, 100]);
  });

  test('a Date stands for the same instant of the clock', () => {
    const clock = virtualClock({ now: 500, wallTime: Date.UTC(2031, 4, 1) });

    const scope = openScope('work', { clock, deadline: new Date(Date.UTC(2031, 4, 1) + 250) });
    const { deadline } = scope;
    scope.close();

    expect(deadline).toBe(750);
  });

  test('leave no timer behind when the scope ends early', async () => {
    const clock = virtualClock();

    await cancelScope('work', { clock, timeoutMs: 100, deadline: 50 }, () => 1);

    expect(clock.pendingTimers).toBe(0);
  });
});

describe('reasons of a deadline', () => {
  async function endOf(options: { timeoutMs?: number; deadline?: number }, around?: { timeoutMs: number }) {
    const clock = virtualClock();
    const outer = openScope('outer', { clock, ...around });
    const run = caughtCancel(
      cancelScope('work', { parent: outer, ...options }, async (scope) => {
        await scope.race(new Promise(() => {}));
      }),
    );
    await clock.advance(1_000);
    outer.close();
    return run;
  }

  test('its own budget is a timeout', async () => {
    expect(await endOf({ timeoutMs: 10 })).toMatchObject({ reason: 'timeout' });
  });

  test('an instant from outside is a deadline', async () => {
    expect(await endOf({ deadline: 10 })).toMatchObject({ reason: 'deadline' });
  });

  test('the earlier of the two decides', async () => {
    expect(await endOf({ timeoutMs: 20, deadline: 10 })).toMatchObject({ reason: 'deadline' });
    expect(await endOf({ timeoutMs: 10, deadline: 20 })).toMatchObject({ reason: 'timeout' });
  });

  test('the budget of a scope around it is parent, its root a timeout of that scope', async () => {
    const error = await endOf({ timeoutMs: 100 }, { timeoutMs: 10 });

    expect(error).toMatchObject({ reason: 'parent', cause: { root: { reason: 'timeout', token: { name: 'outer' } } } });
    expect(isCancelled(error, 'timeout')).toBe(true);
  });
});

describe('S9: throwIfCancelled looks at the deadline', () => {
  test('so a loop that never yields notices its own timeout', async () => {
    const clock = busyClock();
    let rounds = 0;

    const error = await caughtCancel(
      cancelScope('loop', { clock, timeoutMs: 50 }, (scope) => {
        for (; rounds < 1_000; rounds++) {
          clock.block(10);
          scope.throwIfCancelled();
        }
      }),
    );

    expect(error.reason).toBe('timeout');
    expect(rounds).toBe(4);
  });

  test('and that of a scope around it, which then counts as the one that ran out', async () => {
    const clock = busyClock();
    const outer = openScope('outer', { clock, timeoutMs: 50 });

    const error = await caughtCancel(
      cancelScope('inner', { parent: outer }, (scope) => {
        clock.block(60);
        scope.throwIfCancelled();
      }),
    );
    const outerCause = outer.cause;
    outer.close();

    expect(outerCause).toMatchObject({ reason: 'timeout' });
    expect(error).toMatchObject({ reason: 'parent', cause: { root: { reason: 'timeout' } } });
  });

  test('with the real clock too', async () => {
    const error = await caughtCancel(
      cancelScope('loop', { timeoutMs: 5 }, (scope) => {
        const giveUpAt = performance.now() + 1_000;
        while (performance.now() < giveUpAt) scope.throwIfCancelled();
      }),
    );

    expect(error.reason).toBe('timeout');
  });

  test('throws nothing before it, and nothing in a scope without one', async () => {
    const clock = busyClock();

    const passed = await cancelScope('work', { clock, timeoutMs: 50 }, (scope) => {
      clock.block(49);
      scope.throwIfCancelled();
      return cancelScope('free', { detached: true, clock }, (free) => {
        clock.block(1_000_000);
        free.throwIfCancelled();
        return true;
      });
    });

    expect(passed).toBe(true);
  });
});

describe('S5: an overrun', () => {
  test('the timer never had a turn for is completed, and its end lies beyond its deadline', async () => {
    const clock = busyClock();
    const recorded = record();

    const value = await cancelScope('work', { clock, timeoutMs: 50 }, () => {
      clock.block(80);
      return 'done';
    });

    expect(value).toBe('done');
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined, settledAt: 80 }]);
    expect(recorded.of('scopeOpened')).toMatchObject([{ openedAt: 0, deadline: 50 }]);
  });

  test('that throws an error of its own is failed', async () => {
    const clock = busyClock();
    const broken = new Error('broken');
    const recorded = record();

    const error = await caught(
      cancelScope('work', { clock, timeoutMs: 50 }, () => {
        clock.block(80);
        throw broken;
      }),
    );

    expect(error).toBe(broken);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed', cause: undefined }]);
  });

  test('the timer did have a turn for is ignored when the body returns all the same', async () => {
    const clock = virtualClock();
    const recorded = record();
    const run = cancelScope('work', { clock, timeoutMs: 50 }, async () => {
      await sleepOn(clock, 80);
      return 'done';
    });

    await clock.advance(80);

    expect(await run).toBe('done');
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'ignored', cause: { reason: 'timeout' } }]);
  });
});
