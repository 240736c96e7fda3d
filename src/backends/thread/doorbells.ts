/**
 * Doorbells: how a thread is told that one of its tokens was cancelled.
 *
 * D1. A bell is a counter, and a thread compares it with what it heard last: ringing twice, or while nobody listens,
 *     loses nothing. What was cancelled is read from the slots, not from the bell.
 */
import { BELL, entryAt, HEARD, OWNER, THREADS_MAX } from './layout.ts';

/** Takes an entry for this thread. @returns Its number; −1 when all are taken. */
export function takeEntry(words: Int32Array, threadId: number): number {
  for (let entry = 0; entry < THREADS_MAX; entry++) {
    if (Atomics.compareExchange(words, entryAt(entry) + OWNER, 0, threadId + 1) === 0) return entry;
  }
  return -1;
}

/** The entry a thread has, if any. */
export function entryOf(words: Int32Array, threadId: number): number {
  for (let entry = 0; entry < THREADS_MAX; entry++) {
    if (Atomics.load(words, entryAt(entry) + OWNER) === threadId + 1) return entry;
  }
  return -1;
}

/** The threads that have an entry. */
export function ownersOf(words: Int32Array): number[] {
  const owners: number[] = [];
  for (let entry = 0; entry < THREADS_MAX; entry++) {
    const owner = Atomics.load(words, entryAt(entry) + OWNER);
    if (owner > 0) owners.push(owner - 1);
  }
  return owners;
}

/**
 * Marks the entry of a thread that has ended as one that the thread of `by` puts right. @returns False when somebody
 * else does.
 */
export function markDead(words: Int32Array, entry: number, threadId: number, by: number): boolean {
  return Atomics.compareExchange(words, entryAt(entry) + OWNER, threadId + 1, -(by + 1)) === threadId + 1;
}

/** Takes an entry over from the thread of `dead`, which has ended while it put it right. @returns False if it did not. */
export function takeOver(words: Int32Array, entry: number, dead: number, by: number): boolean {
  return Atomics.compareExchange(words, entryAt(entry) + OWNER, -(dead + 1), -(by + 1)) === -(dead + 1);
}

/** Gives an entry back. Its bell goes on from where it is. */
export function freeEntry(words: Int32Array, entry: number): void {
  Atomics.store(words, entryAt(entry) + OWNER, 0);
}

/** Rings, and wakes the thread if it listens (D1). */
export function ring(words: Int32Array, entry: number): void {
  Atomics.add(words, entryAt(entry) + BELL, 1);
  wake(words, entry);
}

/** Wakes a thread that listens, without ringing. */
export function wake(words: Int32Array, entry: number): void {
  Atomics.notify(words, entryAt(entry) + BELL);
}

/** Rings every thread there is. */
export function ringAll(words: Int32Array): void {
  for (let entry = 0; entry < THREADS_MAX; entry++) {
    if (Atomics.load(words, entryAt(entry) + OWNER) !== 0) ring(words, entry);
  }
}

/** The bell as it is now. */
export function bellOf(words: Int32Array, entry: number): number {
  return Atomics.load(words, entryAt(entry) + BELL);
}

/** The bell's own word, to be read without `Atomics`. */
export function bellWord(words: Int32Array, entry: number): Int32Array {
  return words.subarray(entryAt(entry) + BELL, entryAt(entry) + BELL + 1);
}

/** Notes what the thread has heard. */
export function noteHeard(words: Int32Array, entry: number, bell: number): void {
  Atomics.store(words, entryAt(entry) + HEARD, bell);
}

/** Whether the thread has yet to hear its bell. */
export function isUnheard(words: Int32Array, entry: number): boolean {
  const at = entryAt(entry);
  return Atomics.load(words, at + OWNER) !== 0 && Atomics.load(words, at + BELL) !== Atomics.load(words, at + HEARD);
}

/** Calls `heard` when the bell is no longer at `bell`; keeps no process alive. @returns False when it is not already. */
export function listen(words: Int32Array, entry: number, bell: number, heard: () => void): boolean {
  const waiting = Atomics.waitAsync(words, entryAt(entry) + BELL, bell);
  if (!waiting.async) return false;
  void waiting.value.then(heard);
  return true;
}

/** Blocks until the bell is no longer at `bell`, or `timeoutMs` have passed. */
export function waitForBell(words: Int32Array, entry: number, bell: number, timeoutMs: number): void {
  Atomics.wait(words, entryAt(entry) + BELL, bell, timeoutMs);
}
