import { describe, expect, test } from 'vitest';
import { cancelScope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('S9: checkpoint', () => {
  test('lets the event loop turn: timers and I/O that are due come first', async () => {
    const order: string[] = [];

    await cancelScope('work', async (scope) => {
      setImmediate(() => order.push('loop'));
      await scope.checkpoint();
      order.push('after');
    });

    expect(order).toEqual(['loop', 'after']);
  });

  test('throws when the scope was cancelled meanwhile', async () => {
    let after = false;

    const error = await caughtCancel(
      cancelScope('work', async (scope) => {
        setImmediate(() => scope.cancel('disconnect'));
        await scope.checkpoint();
        after = true;
      }),
    );

    expect([error.reason, after]).toEqual(['disconnect', false]);
  });

  test('throws when the scope was cancelled before, but not before it has yielded', async () => {
    let turned = false;

    await caughtCancel(
      cancelScope('work', async (scope) => {
        scope.cancel();
        setImmediate(() => (turned = true));
        await scope.checkpoint();
      }),
    );

    expect(turned).toBe(true);
  });

  test('notices a deadline no timer had a turn for', async () => {
    const clock = busyClock();

    const error = await caughtCancel(
      cancelScope('work', { clock, timeoutMs: 20 }, async (scope) => {
        clock.block(30);
        await scope.checkpoint();
      }),
    );

    expect(error.reason).toBe('timeout');
  });

  test('gives a loop that never waits its timeout on time', async () => {
    const clock = virtualClock();
    let rounds = 0;
    const run = caughtCancel(
      cancelScope('work', { clock, timeoutMs: 1 }, async (scope) => {
        for (; rounds < 1_000; rounds++) await scope.checkpoint();
      }),
    );

    await clock.advance(1);

    expect((await run).reason).toBe('timeout');
    expect(rounds).toBeLessThan(10);
  });
});
