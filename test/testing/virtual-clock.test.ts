import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../src/testing/index.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

describe('virtualClock', () => {
  test('stands still until told to go on, from 0 or where it was told to start', async () => {
    const [zero, later] = [virtualClock(), virtualClock({ now: 1_000 })];
    const before = [zero.now(), later.now()];

    await zero.advance(5);
    await later.advance(2.5);

    expect(before).toEqual([0, 1_000]);
    expect([zero.now(), later.now()]).toEqual([5, 1_002.5]);
  });

  test('fires each timer once, at its own instant, and not before', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    clock.setTimer(() => fired.push(clock.now()), 10);

    await clock.advance(9.999);
    const early = fired.length;
    await clock.advance(100);

    expect(early).toBe(0);
    expect(fired).toEqual([10]);
  });

  test('V1: fires timers in order of their due time, those due together in the order they were set', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
    ] as const) {
      clock.setTimer(() => order.push(name), ms);
    }

    await clock.advance(20);

    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('V1: fires timers that timers set, in the same step if they fall due', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now());
      clock.setTimer(again, 10);
    };
    again();

    await clock.advance(35);

    expect(fired).toEqual([0, 10, 20, 30]);
  });

  test('V2: lets promise jobs run between timers, so that work goes on in virtual time', async () => {
    const clock = virtualClock();
    const steps: [string, number][] = [];
    const work = (async () => {
      for (let round = 1; round <= 3; round++) {
        await sleepOn(clock, 10);
        await Promise.resolve();
        steps.push([`round ${round}`, clock.now()]);
      }
    })();
    clock.setTimer(() => steps.push(['timer', clock.now()]), 25);

    await clock.advance(30);
    await work;

    expect(steps).toEqual([
      ['round 1', 10],
      ['round 2', 20],
      ['timer', 25],
      ['round 3', 30],
    ]);
  });

  test('V2: lets promise jobs that wait run before the first timer', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    clock.setTimer(() => order.push('timer'), 0);
    void Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => order.push('job'));

    await clock.advance(0);

    expect(order).toEqual(['job', 'timer']);
  });

  test('a cleared timer does not fire; clearing again, or one that has fired, changes nothing', async () => {
    const clock = virtualClock();
    let fired = 0;
    const cleared = clock.setTimer(() => void fired++, 10);
    const fires = clock.setTimer(() => void fired++, 10);

    cleared.clear();
    cleared.clear();
    await clock.advance(10);
    fires.clear();

    expect(fired).toBe(1);
  });

  test('a timer can clear one that is due at the same instant', async () => {
    const clock = virtualClock();
    let fired = false;
    clock.setTimer(() => second.clear(), 10);
    const second = clock.setTimer(() => (fired = true), 10);

    await clock.advance(10);

    expect(fired).toBe(false);
  });

  test('counts the timers that wait', async () => {
    const clock = virtualClock();
    const counts = [clock.pendingTimers];
    const timer = clock.setTimer(() => {}, 10);
    clock.setTimer(() => {}, 20);

    counts.push(clock.pendingTimers);
    timer.clear();
    counts.push(clock.pendingTimers);
    await clock.advance(20);
    counts.push(clock.pendingTimers);

    expect(counts).toEqual([0, 2, 1, 0]);
  });

  test('has wall and monotonic time that go along', () => {
    const wallTime = Date.UTC(2031, 0, 1);
    const clock = virtualClock({ now: 500, wallTime });

    expect([clock.toWallTime(500), clock.toWallTime(750)]).toEqual([wallTime, wallTime + 250]);
    expect([clock.toMonotonicNs(500), clock.toMonotonicNs(0.0005)]).toEqual([500_000_000n, 500n]);
  });

  test('passes on what a timer throws, and is of use afterwards', async () => {
    const clock = virtualClock();
    const broken = new Error('broken');
    clock.setTimer(() => {
      throw broken;
    }, 10);

    await expect(clock.advance(20)).rejects.toBe(broken);
    await clock.advance(20);

    expect(clock.pendingTimers).toBe(0);
  });
});
