import { describe, expect, test } from 'vitest';
import { openScope, triggers } from '../../../src/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';

guardLeaks();

describe('R1: timeout', () => {
  test('cancels with timeout when its time has passed, on the clock of the scope', async () => {
    const clock = virtualClock({ now: 1_000 });
    const scope = openScope('work', { clock, triggers: [triggers.timeout(20)] });

    await clock.advance(19);
    const early = scope.isCancelled;
    await clock.advance(1);

    expect(early).toBe(false);
    expect(scope.cause).toMatchObject({ reason: 'timeout', via: ['timeout'] });
    scope.close();
  });

  test.each([0, -5])('of %d ms cancels at once (D3)', (timeoutMs) => {
    const scope = openScope('work', { triggers: [triggers.timeout(timeoutMs)] });

    expect(scope.cause?.reason).toBe('timeout');
    scope.close();
  });

  test('of Infinity is none (D3)', () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, triggers: [triggers.timeout(Infinity)] });

    expect(clock.pendingTimers).toBe(0);
    scope.close();
  });

  test('leaves no timer behind', () => {
    const clock = virtualClock();

    openScope('work', { clock, triggers: [triggers.timeout(20)] }).close();

    expect(clock.pendingTimers).toBe(0);
  });
});

describe('R1: deadline', () => {
  test('cancels with deadline at a reading of the clock', async () => {
    const clock = virtualClock({ now: 1_000 });
    const scope = openScope('work', { clock, triggers: [triggers.deadline(1_020)] });

    await clock.advance(20);

    expect(scope.cause).toMatchObject({ reason: 'deadline', via: ['deadline'] });
    scope.close();
  });

  test('cancels at a Date', async () => {
    const clock = virtualClock({ wallTime: 5_000 });
    const scope = openScope('work', { clock, triggers: [triggers.deadline(new Date(5_030))] });

    await clock.advance(29);
    const early = scope.isCancelled;
    await clock.advance(1);

    expect([early, scope.isCancelled]).toEqual([false, true]);
    scope.close();
  });

  test('that has passed cancels at once (D3)', () => {
    const scope = openScope('work', { clock: virtualClock({ now: 9 }), triggers: [triggers.deadline(9)] });

    expect(scope.cause?.reason).toBe('deadline');
    scope.close();
  });
});
