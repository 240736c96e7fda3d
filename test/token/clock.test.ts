import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/index.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/** Replaces the timers and the monotonic clock of the platform until the test is over. */
function fakePlatform(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** How many timers keep this process running. */
function timersHeld(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('D2: delays of any length', () => {
  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, YEAR_MS])(
    '%d ms fires when they have passed, not before',
    (delayMs) => {
      fakePlatform();
      let fired = 0;
      systemClock.setTimer(() => fired++, delayMs);

      vi.advanceTimersByTime(delayMs - 1);
      const early = fired;
      vi.advanceTimersByTime(1);

      expect([early, fired]).toEqual([0, 1]);
    },
  );

  test('an infinite delay never fires', () => {
    fakePlatform();
    let fired = 0;
    const timer = systemClock.setTimer(() => fired++, Infinity);

    vi.advanceTimersByTime(3 * YEAR_MS);

    expect(fired).toBe(0);
    timer.clear();
  });

  test('a chained timer can be cleared in any of its stretches', () => {
    fakePlatform();
    let fired = 0;
    const timer = systemClock.setTimer(() => fired++, YEAR_MS);

    vi.advanceTimersByTime(YEAR_MS / 2);
    timer.clear();
    vi.advanceTimersByTime(YEAR_MS);

    expect(fired).toBe(0);
  });
});

describe('D4: timers keep no process alive', () => {
  test('unless asked', () => {
    const before = timersHeld();

    const quiet = systemClock.setTimer(() => undefined, 1_000_000);
    const afterQuiet = timersHeld();
    const alive = systemClock.setTimer(() => undefined, 1_000_000, true);
    const afterAlive = timersHeld();
    quiet.clear();
    alive.clear();

    expect([afterQuiet - before, afterAlive - before, timersHeld() - before]).toEqual([0, 1, 0]);
  });

  test('and clearing one twice, or after it fired, changes nothing', () => {
    fakePlatform();
    let fired = 0;
    const timer = systemClock.setTimer(() => fired++, 1);
    vi.advanceTimersByTime(1);

    timer.clear();
    timer.clear();

    expect(fired).toBe(1);
  });
});

describe('D5: never early', () => {
  // The platform itself is under test: it rounds delays down to whole milliseconds.
  test('for delays that are no whole number of milliseconds', async () => {
    const delays = Array.from({ length: 60 }, (_, index) => 0.05 + index * 0.37);

    const early = await Promise.all(
      delays.map(
        (delayMs) =>
          new Promise<number>((resolve) => {
            const dueAt = systemClock.now() + delayMs;
            systemClock.setTimer(() => resolve(Math.min(0, systemClock.now() - dueAt)), delayMs, true);
          }),
      ),
    );

    expect(early).toEqual(delays.map(() => 0));
  });

  test('also when the platform fires too soon', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const realNow = performance.now.bind(performance);
    let behindMs = 0.5;
    vi.spyOn(performance, 'now').mockImplementation(() => realNow() - behindMs);
    onTestFinished(() => void vi.restoreAllMocks());
    behindMs = 0;
    let fired = 0;
    systemClock.setTimer(() => fired++, 10);
    behindMs = 0.5;

    vi.advanceTimersByTime(10);
    const tooSoon = fired;
    vi.advanceTimersByTime(1);

    expect([tooSoon, fired]).toEqual([0, 1]);
  });
});

describe('the system clock', () => {
  test('stands for the host-wide monotonic clock within a millisecond', () => {
    const before = process.hrtime.bigint();
    const reading = systemClock.toMonotonicNs(systemClock.now());
    const after = process.hrtime.bigint();

    expect(Number(reading - before)).toBeGreaterThan(-1e6);
    expect(Number(after - reading)).toBeGreaterThan(-1e6);
  });

  test('stands for the wall clock, also for a reading of the past', () => {
    const now = systemClock.now();

    const [then, since] = [systemClock.toWallTime(now - 60_000), systemClock.toWallTime(now)];

    expect(since - then).toBeGreaterThan(59_990);
    expect(Math.abs(Date.now() - since)).toBeLessThan(100);
  });
});
