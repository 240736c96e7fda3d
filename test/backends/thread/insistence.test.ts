import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bellOf, listen, noteHeard, ring, takeEntry } from '../../../src/backends/thread/doorbells.ts';
import { Insistence } from '../../../src/backends/thread/insistence.ts';
import { BELL, entryAt, slabBytes } from '../../../src/backends/thread/layout.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A slab with so many threads, of which `wakings` counts how often each was woken. */
function threads(count: number): { words: Int32Array; entries: number[]; wakings: (entry: number) => number } {
  const words = new Int32Array(new SharedArrayBuffer(slabBytes(1)));
  const entries = Array.from({ length: count }, (_, threadId) => takeEntry(words, threadId));
  const notify = vi.spyOn(Atomics, 'notify');
  return {
    words,
    entries,
    wakings: (entry) => notify.mock.calls.filter(([, at]) => at === entryAt(entry) + BELL).length,
  };
}

/** Rings, with the wake-up lost. */
function ringInVain(words: Int32Array, entry: number): void {
  vi.spyOn(Atomics, 'notify').mockReturnValueOnce(0);
  ring(words, entry);
}

describe('D2: a thread that was rung and has not heard it', () => {
  test('is woken again, and hears the bell it missed', async () => {
    const { words, entries } = threads(1);
    const [entry] = entries as [number];
    let heard = 0;
    listen(words, entry, bellOf(words, entry), () => heard++);
    ringInVain(words, entry);
    new Insistence(words).watch();
    await Promise.resolve();
    const before = heard;

    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await new Promise((resolve) => setImmediate(resolve));

    expect([before, heard]).toEqual([0, 1]);
  });

  test('is left alone once it has heard', () => {
    const { words, entries, wakings } = threads(2);
    const [one, other] = entries as [number, number];
    const insistence = new Insistence(words);
    for (const entry of entries) ringInVain(words, entry);
    insistence.watch();
    vi.advanceTimersByTime(50);
    noteHeard(words, one, bellOf(words, one));
    const before = [one, other].map(wakings);

    vi.advanceTimersByTime(100);

    expect([one, other].map((entry, index) => wakings(entry) - Number(before[index]))).toEqual([0, 2]);
  });

  test('its bell does not ring anew for it', () => {
    const { words, entries } = threads(1);
    const [entry] = entries as [number];
    ringInVain(words, entry);
    const bell = bellOf(words, entry);

    new Insistence(words).watch();
    vi.advanceTimersByTime(10_000);

    expect(bellOf(words, entry)).toBe(bell);
  });
});

describe('D3: tries', () => {
  test('are 20 ms apart, then twice as long each time, seven at most', () => {
    const { words, entries, wakings } = threads(1);
    const [entry] = entries as [number];
    ringInVain(words, entry);
    const began = performance.now();
    const at: number[] = [];
    new Insistence(words).watch();

    for (let tries = wakings(entry); performance.now() - began < 60_000; vi.advanceTimersByTime(1)) {
      if (wakings(entry) === tries) continue;
      tries = wakings(entry);
      at.push(performance.now() - began);
    }

    expect(at).toEqual([20, 60, 140, 300, 620, 1_260, 2_540]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('begin anew with the next ring, on one timer', () => {
    const { words, entries, wakings } = threads(1);
    const [entry] = entries as [number];
    const insistence = new Insistence(words);
    ringInVain(words, entry);
    insistence.watch();
    vi.advanceTimersByTime(10_000);
    const before = wakings(entry);

    for (let rung = 0; rung < 5; rung++) {
      ringInVain(words, entry);
      insistence.watch();
    }
    const timers = vi.getTimerCount();
    vi.advanceTimersByTime(10_000);

    expect([timers, wakings(entry) - before - 5]).toEqual([1, 7]);
  });

  test('end at once when nothing was unheard', () => {
    const { words, wakings, entries } = threads(2);

    new Insistence(words).watch();
    vi.advanceTimersByTime(60_000);

    expect(entries.map(wakings)).toEqual([0, 0]);
  });
});
