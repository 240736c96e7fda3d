import { describe, expect, test } from 'vitest';
import { type NamedTrigger, openScope, triggers } from '../../../src/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { handTrigger } from '../../support/hand-trigger.ts';
import { processErrors } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();

const failingToStop: NamedTrigger = {
  name: 'stuck',
  start: () => ({
    [Symbol.dispose]() {
      throw new Error('cannot stop');
    },
  }),
};

describe('R7: anyOf', () => {
  test('cancels with the first, and disposes the losers at that moment', () => {
    const [a, b, c] = [handTrigger('a'), handTrigger('b'), handTrigger('c')];
    const scope = openScope('work', { triggers: [triggers.anyOf(a, b, c)] });

    b.fire('superseded', 'b was first');
    const atOnce = [a.disposed, b.disposed, c.disposed];
    a.fire('timeout');
    scope.close();

    expect(scope.cause).toMatchObject({ reason: 'superseded', message: 'b was first', via: ['anyOf', 'b'] });
    expect(atOnce).toEqual([1, 1, 1]);
    expect([a.disposed, b.disposed, c.disposed]).toEqual([1, 1, 1]);
  });

  test('starts no further one when one fires while it starts', () => {
    const [before, after] = [handTrigger('before'), handTrigger('after')];
    const scope = openScope('work', { triggers: [triggers.anyOf(before, triggers.timeout(0), after)] });

    expect(scope.cause).toMatchObject({ reason: 'timeout', via: ['anyOf', 'timeout'] });
    expect([before.disposed, after.started]).toEqual([1, 0]);
    scope.close();
  });

  test('disposes what a part gave back after it fired while it started', () => {
    let disposed = 0;
    const eager: NamedTrigger = {
      name: 'eager',
      start(cancel) {
        cancel();
        return { [Symbol.dispose]: () => void disposed++ };
      },
    };
    const scope = openScope('work', { triggers: [triggers.anyOf(eager)] });

    expect([scope.cause?.reason, disposed]).toEqual(['condition', 1]);
    scope.close();
  });

  test('cancels although a loser cannot be stopped, which is reported', async () => {
    const atProcess = processErrors();
    const recorded = record();
    const clock = virtualClock();
    const other = handTrigger('other');
    const scope = openScope('work', {
      clock,
      triggers: [triggers.anyOf(failingToStop, triggers.timeout(10), other)],
    });

    await clock.advance(10);

    expect([scope.cause?.reason, other.disposed]).toEqual(['timeout', 1]);
    expect(recorded.of('listenerFailed')).toMatchObject([{ error: { message: 'cannot stop' } }]);
    expect(atProcess).toEqual([]);
    scope.close();
  });

  test('disposes all of them when the scope ends first', () => {
    const clock = virtualClock();
    const hand = handTrigger('hand');

    openScope('work', { clock, triggers: [triggers.anyOf(hand, triggers.timeout(10))] }).close();

    expect([hand.disposed, clock.pendingTimers]).toEqual([1, 0]);
  });
});

describe('R7: allOf', () => {
  test('cancels with the last, once all have fired', () => {
    const [a, b] = [handTrigger('a'), handTrigger('b')];
    const scope = openScope('work', { triggers: [triggers.allOf(a, b)] });

    b.fire('timeout', 'b');
    const half = scope.isCancelled;
    a.fire('condition', 'a');

    expect(half).toBe(false);
    expect(scope.cause).toMatchObject({ reason: 'condition', message: 'a', via: ['allOf', 'a'] });
    scope.close();
    expect([a.disposed, b.disposed]).toEqual([1, 1]);
  });

  test('counts one that fires twice once', () => {
    const [a, b] = [handTrigger('a'), handTrigger('b')];
    const scope = openScope('work', { triggers: [triggers.allOf(a, b)] });

    a.fire();
    a.fire();

    expect(scope.isCancelled).toBe(false);
    scope.close();
  });

  test('counts one trigger that stands in two places twice', async () => {
    const clock = virtualClock();
    const timeout = triggers.timeout(10);
    const scope = openScope('work', { clock, triggers: [triggers.allOf(timeout, timeout)] });

    await clock.advance(10);

    expect(scope.cause?.reason).toBe('timeout');
    scope.close();
  });

  test('cancels on entry when all fire while they start', () => {
    const scope = openScope('work', { triggers: [triggers.allOf(triggers.timeout(0), triggers.timeout(-1))] });

    expect(scope.cause?.reason).toBe('timeout');
    scope.close();
  });
});

describe('R7: both', () => {
  test('compose inside each other', async () => {
    const clock = virtualClock();
    const hand = handTrigger('hand');
    const scope = openScope('work', {
      clock,
      triggers: [triggers.anyOf(triggers.allOf(hand, triggers.timeout(10)), triggers.timeout(1_000))],
    });

    await clock.advance(20);
    const half = scope.isCancelled;
    hand.fire('condition', 'both');

    expect(half).toBe(false);
    expect(scope.cause).toMatchObject({ message: 'both', via: ['anyOf', 'allOf', 'hand'] });
    expect(clock.pendingTimers).toBe(0);
    scope.close();
  });

  test.each([triggers.anyOf, triggers.allOf])('need at least one', (compose) => {
    expect(() => compose()).toThrow(expect.objectContaining({ argument: 'triggers' }));
  });

  test.each([triggers.anyOf, triggers.allOf])('refuse what is no trigger', (compose) => {
    expect(() => compose(42 as never)).toThrow(expect.objectContaining({ argument: 'triggers' }));
  });
});
