/**
 * Slots: one a shared token, taken, held by threads, and free again when the last of them lets go.
 *
 *   free ──take──▶ taking ──▶ used ──last holder leaves──▶ freeing ──nobody came──▶ free
 *                               ▲                             │
 *                               └────────somebody came────────┘
 *
 * S1. A slot is free again only when no thread's bit is set. A thread sets its bit before it looks whether the slot is
 *     used; whoever frees it looks at the bits again after saying so. One of the two sees the other, and either may call
 *     the freeing off: while somebody holds a slot, nobody is refused.
 * S2. Taking it counts its generation up: a handle of an earlier one can neither read nor cancel the next token.
 * S3. What was cancelled stays readable in a free slot until it is taken again: a handle may arrive late.
 * S4. Every step names the thread at it, so that what a dead thread left half done can be put right (`reclaim.ts`).
 */
import {
  CAUSE,
  CURSOR,
  FREE,
  freeing,
  GENERATION,
  HOLDER_WORDS,
  HOLDERS,
  isFreeing,
  LIFE,
  SLOT_COUNT,
  slotAt,
  taking,
  USED,
} from './layout.ts';
import { freeRecord } from './records.ts';

/** Takes a free slot for the thread of `entry`, which then holds it. @returns Its number; −1 when all are used. */
export function takeSlot(words: Int32Array, entry: number): number {
  const slots = words[SLOT_COUNT] as number;
  for (let tries = 0; tries < slots; tries++) {
    const slot = (Atomics.add(words, CURSOR, 1) >>> 0) % slots;
    const at = slotAt(slot);
    if (Atomics.compareExchange(words, at + LIFE, FREE, taking(entry)) !== FREE) continue; // S4
    Atomics.add(words, at + GENERATION, 1); // S2
    const left = Atomics.exchange(words, at + CAUSE, 0);
    if (left > 0) freeRecord(words, left - 1);
    setBit(words, at, entry);
    Atomics.store(words, at + LIFE, USED);
    return slot;
  }
  return -1;
}

/** Holds a slot for the thread of `entry`, if it is used and of this generation. */
export function holdSlot(words: Int32Array, slot: number, generation: number, entry: number): boolean {
  const at = slotAt(slot);
  setBit(words, at, entry); // S1
  if (isUsed(words, at) && Atomics.load(words, at + GENERATION) === generation) return true;
  leaveSlot(words, slot, entry);
  return false;
}

/** Whether the slot at `at` is used; one that is just being freed is used again. */
function isUsed(words: Int32Array, at: number): boolean {
  let life = Atomics.load(words, at + LIFE);
  while (isFreeing(life)) {
    const found = Atomics.compareExchange(words, at + LIFE, life, USED); // S1
    if (found === life) return true;
    life = found;
  }
  return life === USED;
}

/** Lets go of a slot for the thread of `entry`; the last one frees it. */
export function leaveSlot(words: Int32Array, slot: number, entry: number, by = entry): void {
  const at = slotAt(slot);
  Atomics.and(words, at + HOLDERS + (entry >>> 5), ~(1 << (entry & 31)));
  freeIfLeft(words, at, by);
}

/** Frees a slot that nobody holds (S1). */
export function freeIfLeft(words: Int32Array, at: number, entry: number): void {
  while (isLeft(words, at)) {
    if (Atomics.compareExchange(words, at + LIFE, USED, freeing(entry)) !== USED) return;
    const next = isLeft(words, at) ? FREE : USED;
    const called = Atomics.compareExchange(words, at + LIFE, freeing(entry), next);
    if (next === FREE && called === freeing(entry)) return;
  }
}

/** Whether the bit of the thread of `entry` is set in the slot at `at`. */
export function isHolder(words: Int32Array, at: number, entry: number): boolean {
  return (Atomics.load(words, at + HOLDERS + (entry >>> 5)) & (1 << (entry & 31))) !== 0;
}

/** The entries of the threads that hold the slot at `at`. */
export function holdersOf(words: Int32Array, at: number): readonly number[] {
  const holders: number[] = [];
  for (let word = 0; word < HOLDER_WORDS; word++) {
    for (let bits = Atomics.load(words, at + HOLDERS + word); bits !== 0; bits &= bits - 1) {
      holders.push(word * 32 + 31 - Math.clz32(bits & -bits));
    }
  }
  return holders;
}

function setBit(words: Int32Array, at: number, entry: number): void {
  Atomics.or(words, at + HOLDERS + (entry >>> 5), 1 << (entry & 31));
}

function isLeft(words: Int32Array, at: number): boolean {
  for (let word = 0; word < HOLDER_WORDS; word++) if (Atomics.load(words, at + HOLDERS + word) !== 0) return false;
  return true;
}
