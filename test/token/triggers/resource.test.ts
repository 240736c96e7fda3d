import { describe, expect, test } from 'vitest';
import { openScope, type Scope, triggers } from '../../../src/index.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/index.ts';
import { busyClock } from '../../support/busy-clock.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';

guardLeaks();

/** A scope that must stay under 100 bytes for longer than 30 ms, asked every 10 ms; and its memory over time. */
function watched(heapOverTime: readonly number[]): { clock: VirtualClock; scope: Scope } {
  const clock = virtualClock();
  let sample = 0;
  const memory = triggers.memory({
    heapUsedBytes: 100,
    intervalMs: 10,
    sustainedMs: 30,
    sample: () => ({ rss: 0, heapUsed: heapOverTime[sample++] ?? 0 }),
  });
  return { clock, scope: openScope('work', { clock, triggers: [memory] }) };
}

describe('R6: memory', () => {
  test('cancels once every sample has been over the bound for long enough', async () => {
    const { clock, scope } = watched([50, 150, 150, 150, 150]);

    await clock.advance(40);
    const early = scope.isCancelled;
    await clock.advance(10);

    expect(early).toBe(false);
    expect(scope.cause).toMatchObject({ reason: 'condition', message: 'heap 150 bytes, bound 100', via: ['memory'] });
    scope.close();
  });

  test('starts again after one sample under the bound', async () => {
    const { clock, scope } = watched([150, 150, 150, 99, 150, 150, 150, 150]);

    await clock.advance(70);
    const early = scope.isCancelled;
    await clock.advance(10);

    expect([early, scope.isCancelled]).toEqual([false, true]);
    scope.close();
  });

  test('is not over the bound at the bound', async () => {
    const { clock, scope } = watched([100, 100, 100, 100, 100]);

    await clock.advance(50);

    expect(scope.isCancelled).toBe(false);
    scope.close();
  });

  test('goes by the first sample when nothing has to be sustained, and by resident memory as well', async () => {
    const clock = virtualClock();
    const sample = (): { rss: number; heapUsed: number } => ({ rss: 11, heapUsed: 0 });
    const scope = openScope('work', { clock, triggers: [triggers.memory({ rssBytes: 10, sample })] });

    await clock.advance(1_000);

    expect(scope.cause?.message).toBe('resident memory 11 bytes, bound 10');
    scope.close();
  });

  test('asks once, and samples no more after that', async () => {
    const recorded = record();
    const clock = virtualClock();
    const sample = (): { rss: number; heapUsed: number } => ({ rss: 11, heapUsed: 0 });
    const scope = openScope('work', { clock, triggers: [triggers.memory({ rssBytes: 10, intervalMs: 5, sample })] });

    await clock.advance(100);

    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['accepted']);
    scope.close();
  });

  test('reports a sample that throws, and goes on', async () => {
    const recorded = record();
    const clock = virtualClock();
    let samples = 0;
    const sample = (): { rss: number; heapUsed: number } => {
      if (samples++ === 0) throw new Error('cannot read');
      return { rss: 11, heapUsed: 0 };
    };
    const scope = openScope('work', { clock, triggers: [triggers.memory({ rssBytes: 10, sample })] });

    await clock.advance(2_000);

    expect(scope.isCancelled).toBe(true);
    expect(recorded.of('listenerFailed')).toHaveLength(1);
    scope.close();
  });

  test('reads the memory of the process unless told', async () => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, triggers: [triggers.memory({ rssBytes: 1, heapUsedBytes: 1 })] });

    await clock.advance(1_000);

    expect(scope.cause?.message).toMatch(/^resident memory \d{6,} bytes, bound 1$/);
    scope.close();
  });

  test('needs a bound', () => {
    expect(() => triggers.memory({})).toThrow(expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT' }));
  });

  test('leaves no timer behind', () => {
    const { clock, scope } = watched([]);

    scope.close();

    expect(clock.pendingTimers).toBe(0);
  });
});

describe('R6: eventLoopLag', () => {
  test('cancels when a timer comes later than the bound', async () => {
    const clock = busyClock();
    const scope = openScope('work', { clock, triggers: [triggers.eventLoopLag({ lagMs: 50, intervalMs: 10 })] });
    await clock.advance(10);
    const onTime = scope.isCancelled;

    clock.block(60);
    await clock.advance(10);

    expect(onTime).toBe(false);
    expect(scope.cause).toMatchObject({
      reason: 'condition',
      message: 'a timer was 60 ms late, bound 50',
      via: ['eventLoopLag'],
    });
    scope.close();
  });

  test('bears a lag up to the bound, and one that is not sustained', async () => {
    const clock = busyClock();
    const scope = openScope('work', {
      clock,
      triggers: [
        triggers.eventLoopLag({ lagMs: 60, intervalMs: 10 }),
        triggers.eventLoopLag({ lagMs: 20, intervalMs: 10, sustainedMs: 1 }),
      ],
    });

    clock.block(60);
    await clock.advance(50);

    expect(scope.isCancelled).toBe(false);
    scope.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
