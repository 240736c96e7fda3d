import { describe, expect, test } from 'vitest';
import { openScope, triggers } from '../../../src/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';

guardLeaks();

describe('R4: a predicate', () => {
  test('is asked at once, then every interval, until it holds', async () => {
    const clock = virtualClock();
    let asked = 0;
    const scope = openScope('work', {
      clock,
      triggers: [triggers.predicate(() => ++asked === 4, { intervalMs: 50, name: 'disk full' })],
    });
    const atOpening = asked;

    await clock.advance(149);
    const before = [asked, scope.isCancelled];
    await clock.advance(1);

    expect(atOpening).toBe(1);
    expect(before).toEqual([3, false]);
    expect(scope.cause).toMatchObject({ reason: 'condition', via: ['disk full'] });
    scope.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test('is asked every 100 ms unless told', async () => {
    const clock = virtualClock();
    let asked = 0;
    const scope = openScope('work', { clock, triggers: [triggers.predicate(() => ++asked < 0)] });

    await clock.advance(1_000);

    expect(asked).toBe(11);
    scope.close();
  });

  test('is named after its function', () => {
    const scope = openScope('work', {
      triggers: [
        triggers.predicate(function diskFull() {
          return true;
        }),
      ],
    });

    expect(scope.cause?.via).toEqual(['diskFull']);
    scope.close();
  });

  test('that is slow is not asked again before it has answered', async () => {
    const clock = virtualClock();
    const answers = [deferred<boolean>(), deferred<boolean>()];
    let asked = 0;
    const scope = openScope('work', {
      clock,
      triggers: [triggers.predicate(() => answers[asked++]?.promise ?? true, { intervalMs: 10 })],
    });

    await clock.advance(500);
    const whileSlow = asked;
    answers[0]?.resolve(false);
    await clock.advance(10);
    const afterAnswer = asked;
    answers[1]?.resolve(true);
    await clock.advance(0);

    expect([whileSlow, afterAnswer, scope.isCancelled]).toEqual([1, 2, true]);
    scope.close();
  });

  test('that answers after the scope ended changes nothing', async () => {
    const clock = virtualClock();
    const answer = deferred<boolean>();
    const scope = openScope('work', { clock, triggers: [triggers.predicate(() => answer.promise)] });
    scope.close();

    answer.resolve(true);
    await clock.advance(1_000);

    expect([scope.isCancelled, clock.pendingTimers]).toEqual([false, 0]);
  });

  test.each([[1], ['yes'], [{}]])('holds only when it gives true, not %s', async (answer) => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, triggers: [triggers.predicate(async () => answer as never)] });

    await clock.advance(1_000);

    expect(scope.isCancelled).toBe(false);
    scope.close();
  });

  test.each([0, -1])('cannot be asked every %d ms', (intervalMs) => {
    expect(() => triggers.predicate(() => true, { intervalMs })).toThrow(
      expect.objectContaining({ argument: 'intervalMs' }),
    );
  });

  test('has to be a function', () => {
    expect(() => triggers.predicate(true as never)).toThrow(expect.objectContaining({ argument: 'check' }));
  });
});

describe('R5: a predicate that fails', () => {
  test.each([
    [
      'throws',
      (reason: unknown): boolean => {
        throw reason;
      },
    ],
    ['rejects', (reason: unknown) => Promise.reject<boolean>(reason)],
  ])('because it %s is reported, and asked again', async (_how, fail) => {
    const recorded = record();
    const clock = virtualClock();
    const error = new Error('cannot tell');
    let asked = 0;
    const scope = openScope('work', {
      clock,
      triggers: [triggers.predicate(() => (++asked < 3 ? fail(error) : true), { intervalMs: 10 })],
    });

    await clock.advance(20);

    expect([asked, scope.cause?.reason]).toEqual([3, 'condition']);
    expect(recorded.of('listenerFailed')).toMatchObject([{ error }, { error }]);
    scope.close();
  });
});
