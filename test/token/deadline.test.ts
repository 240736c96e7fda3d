import { describe, expect, test } from 'vitest';
import { type CancelledError, cancelScope, failAfter, moveOnAfter, openScope, triggers } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('D1: absolute, min-combined', () => {
  test('counts a timeout from the opening of the scope', () => {
    const scope = openScope('work', { clock: virtualClock({ now: 1_000 }), timeoutMs: 500 });

    expect([scope.deadline, scope.remainingMs]).toEqual([1_500, 500]);
    scope.close();
  });

  test('takes the earlier of a timeout and a deadline', () => {
    const clock = virtualClock({ now: 1_000 });
    const byTimeout = openScope('work', { clock, timeoutMs: 500, deadline: 2_000 });
    const byDeadline = openScope('work', { clock, timeoutMs: 500, deadline: 1_200 });

    expect([byTimeout.deadline, byDeadline.deadline]).toEqual([1_500, 1_200]);
    byTimeout.close();
    byDeadline.close();
  });

  test('is never later than the deadline of the parent', () => {
    const parent = openScope('parent', { clock: virtualClock(), timeoutMs: 100 });
    const child = openScope('child', { parent, timeoutMs: 5_000, deadline: 9_000 });

    expect(child.deadline).toBe(100);
    child.close();
    parent.close();
  });

  test('may be earlier than the deadline of the parent', async () => {
    const clock = virtualClock();
    const parent = openScope('parent', { clock, timeoutMs: 100 });
    const child = openScope('child', { parent, timeoutMs: 40 });

    await clock.advance(40);

    expect([child.cause?.reason, parent.isCancelled]).toEqual(['timeout', false]);
    child.close();
    parent.close();
  });

  test('ends an inner scope with parent, whose root is the timeout of the outer one', async () => {
    const clock = virtualClock();
    const parent = openScope('parent', { clock, timeoutMs: 100 });
    const child = openScope('child', { parent, timeoutMs: 200 });

    await clock.advance(100);

    expect([child.cause?.reason, child.cause?.root.reason]).toEqual(['parent', 'timeout']);
    child.close();
    parent.close();
  });

  test('has its own reason when it was handed in from outside', async () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, deadline: 100 });

    await clock.advance(100);

    expect(scope.cause?.reason).toBe('deadline');
    scope.close();
  });

  test('reads a Date by the wall time of the clock', () => {
    const clock = virtualClock({ now: 50, wallTime: Date.UTC(2030, 0, 1) });
    const scope = openScope('work', { clock, deadline: new Date(Date.UTC(2030, 0, 1) + 700) });

    expect(scope.deadline).toBe(750);
    scope.close();
  });

  test('is kept by each scope on its own clock, when a parent has another', async () => {
    const clock = virtualClock({ now: 1_000_000 });
    const parent = openScope('parent', { clock: virtualClock(), timeoutMs: 5_000 });
    const child = openScope('child', { parent, clock, timeoutMs: 10 });

    await clock.advance(10);

    expect(child.cause?.reason).toBe('timeout');
    child.close();
    parent.close();
  });

  test('leaves no timer behind when its scope ends in time (T7)', () => {
    const clock = virtualClock();

    openScope('work', { clock, timeoutMs: 100, triggers: [triggers.timeout(50)] }).close();

    expect(clock.pendingTimers).toBe(0);
  });

  test('fires neither a millisecond early nor late', async () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, timeoutMs: 100 });

    await clock.advance(99.9);
    const early = scope.isCancelled;
    await clock.advance(0.1);

    expect([early, scope.isCancelled]).toEqual([false, true]);
    scope.close();
  });
});

describe('D3: what an option in ms may be', () => {
  test.each([0, -1, -0.5, -Infinity])('%d is already over: the body does not run', async (timeoutMs) => {
    let ran = false;

    const error = await caughtCancel(cancelScope('work', { timeoutMs }, () => (ran = true)));

    expect([error.reason, ran]).toEqual(['timeout', false]);
  });

  test.each([0, -1])('a deadline that passed %d ms ago is already over', async (agoMs) => {
    const clock = virtualClock({ now: 500 });

    const error = await caughtCancel(cancelScope('work', { clock, deadline: 500 + agoMs }, () => 1));

    expect(error.reason).toBe('deadline');
  });

  test('a Date that has passed is already over', async () => {
    const error = await caughtCancel(cancelScope('work', { deadline: new Date(0) }, () => 1));

    expect(error.reason).toBe('deadline');
  });

  test('Infinity is none', () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, timeoutMs: Infinity, deadline: Infinity, graceMs: Infinity });

    expect([scope.deadline, scope.remainingMs, clock.pendingTimers]).toEqual([Infinity, Infinity, 0]);
    scope.close();
  });

  test('any length is kept', async () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, timeoutMs: 2 ** 40 });

    await clock.advance(2 ** 40 - 1);
    const early = scope.isCancelled;
    await clock.advance(1);

    expect([early, scope.isCancelled]).toEqual([false, true]);
    scope.close();
  });

  const BAD: readonly unknown[] = [Number.NaN, '100', null, {}, 100n, true, new Date(Number.NaN)];

  test.each(['timeoutMs', 'deadline', 'graceMs'].flatMap((option) => BAD.map((value) => [option, value] as const)))(
    '%s: %s is an error that names the option',
    async (option, value) => {
      const error = await caught(cancelScope('work', { [option]: value } as never, () => 1));

      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: option });
    },
  );

  test.each([
    ['timeout', () => triggers.timeout(Number.NaN), 'timeoutMs'],
    ['deadline', () => triggers.deadline(Number.NaN), 'at'],
    ['deadline', () => triggers.deadline(new Date(Number.NaN)), 'at'],
    ['predicate', () => triggers.predicate(() => true, { intervalMs: Number.NaN }), 'intervalMs'],
    ['memory', () => triggers.memory({ rssBytes: 1, intervalMs: Number.NaN }), 'intervalMs'],
    ['memory', () => triggers.memory({ rssBytes: 1, sustainedMs: Number.NaN }), 'sustainedMs'],
    ['eventLoopLag', () => triggers.eventLoopLag({ lagMs: 'slow' as never }), 'lagMs'],
  ] as const)('NaN or no number is refused where %s is made', (_what, make, argument) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument }));
  });

  test.each([
    ['failAfter', failAfter],
    ['moveOnAfter', moveOnAfter],
  ] as const)('NaN is refused by %s', async (_name, run) => {
    const error = await caught(run(Number.NaN, () => 1));

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT' });
  });

  test('a refused option leaves nothing open (S12)', async () => {
    const clock = virtualClock();

    await caught(cancelScope('work', { clock, timeoutMs: 100, graceMs: Number.NaN }, () => 1));

    expect(clock.pendingTimers).toBe(0);
  });

  test('the error of a timeout says so', async () => {
    const clock = virtualClock();
    const running = caught(cancelScope('work', { clock, timeoutMs: 10 }, (scope) => scope.race(new Promise(() => {}))));

    await clock.advance(10);

    expect(((await running) as CancelledError).message).toBe('"work" was cancelled: timeout');
  });
});
