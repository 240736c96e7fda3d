import { describe, expect, test } from 'vitest';
import {
  bellOf,
  entryOf,
  freeEntry,
  isUnheard,
  listen,
  noteHeard,
  ring,
  ringAll,
  takeEntry,
  waitForBell,
  wake,
} from '../../../src/backends/thread/doorbells.ts';
import { BELL, entryAt, slabBytes, THREADS_MAX } from '../../../src/backends/thread/layout.ts';
import { deferred } from '../../support/deferred.ts';
import { interruptedEverywhere } from '../../support/interrupts.ts';
import { loopTurn } from '../../support/process-errors.ts';

const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(slabBytes(1)));

describe('D1: a bell', () => {
  test('rung while nobody listens is heard by whoever listens next', () => {
    const all = words();
    const bell = bellOf(all, 3);

    ring(all, 3);

    expect(listen(all, 3, bell, () => expect.unreachable())).toBe(false);
    expect(bellOf(all, 3)).not.toBe(bell);
  });

  test('wakes a listener once, however often it rings', async () => {
    const all = words();
    const woken = deferred();
    let heard = 0;
    listen(all, 3, bellOf(all, 3), () => {
      heard++;
      woken.resolve();
    });

    ring(all, 3);
    ring(all, 3);
    await woken.promise;
    await loopTurn();

    expect(heard).toBe(1);
  });

  test('rung at any step of beginning to listen is heard', async () => {
    let heard = 0;

    const outcomes = interruptedEverywhere(() => {
      const all = words();
      const bell = bellOf(all, 3);
      let listens = true;
      return {
        body: () => (listens = listen(all, 3, bell, () => heard++)),
        interrupt: () => ring(all, 3),
        outcome: () => listens,
      };
    });
    await loopTurn();

    expect(outcomes.length).toBeGreaterThan(0);
    expect(heard + outcomes.filter((listens) => !listens).length).toBe(outcomes.length);
  });

  test('of one thread is not heard by another', async () => {
    const all = words();
    let heard = 0;
    listen(all, 3, bellOf(all, 3), () => heard++);

    ring(all, 4);
    await loopTurn();

    expect([heard, isUnheard(all, 3)]).toEqual([0, false]);
    ring(all, 3);
  });

  test('that has rung does not let a thread block', () => {
    const all = words();
    const bell = bellOf(all, 3);
    ring(all, 3);

    waitForBell(all, 3, bell, Infinity); // would never return

    expect(bellOf(all, 3)).not.toBe(bell);
  });

  test('keeps counting over the end of its numbers', () => {
    const all = words();
    all[entryAt(255) + BELL] = 2 ** 31 - 1;

    ring(all, 255);

    expect(bellOf(all, 255)).toBe(-(2 ** 31));
  });

  test('wakes without ringing', async () => {
    const all = words();
    const woken = deferred();
    const bell = bellOf(all, 3);
    listen(all, 3, bell, woken.resolve);

    wake(all, 3);
    await woken.promise;

    expect(bellOf(all, 3)).toBe(bell);
  });
});

describe('an entry', () => {
  test('is one thread’s until it is freed', () => {
    const all = words();

    const entries = [7, 8].map((threadId) => takeEntry(all, threadId));

    expect(new Set(entries).size).toBe(2);
    expect([7, 8].map((threadId) => entryOf(all, threadId))).toEqual(entries);
    freeEntry(all, entries[0] as number);
    expect(entryOf(all, 7)).toBe(-1);
    expect(takeEntry(all, 9)).toBe(entries[0]);
  });

  test('can be had by the main thread, whose id is 0', () => {
    const all = words();

    expect(entryOf(all, 0)).toBe(-1);
    expect(entryOf(all, 0)).not.toBe(takeEntry(all, 0));
  });

  test(`is there for ${THREADS_MAX} threads, and -1 for one more`, () => {
    const all = words();

    const entries = Array.from({ length: THREADS_MAX + 1 }, (_, threadId) => takeEntry(all, threadId));

    expect(entries).toEqual([...Array(THREADS_MAX).keys(), -1]);
  });

  test('has been heard until it rings, and again once that is noted', () => {
    const all = words();
    const entry = takeEntry(all, 7);
    const states = [isUnheard(all, entry)];

    ring(all, entry);
    states.push(isUnheard(all, entry));
    noteHeard(all, entry, bellOf(all, entry));
    states.push(isUnheard(all, entry));

    expect(states).toEqual([false, true, false]);
  });

  test('that nobody has is not rung when all are', () => {
    const all = words();
    const mine = takeEntry(all, 7);
    const before = [mine, mine + 1].map((entry) => bellOf(all, entry));

    ringAll(all);

    expect([mine, mine + 1].map((entry) => bellOf(all, entry))).toEqual([(before[0] as number) + 1, before[1]]);
  });
});
