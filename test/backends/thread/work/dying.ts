/** A slab of three threads without any thread: what each does is done here, and may end before any atomic step of it. */
import { takeEntry } from '../../../../src/backends/thread/doorbells.ts';
import { CAUSE, LIFE, slabBytes, SLOT_COUNT, slotAt } from '../../../../src/backends/thread/layout.ts';
import { dropRecord, publishRecord, readRecord, writeRecord } from '../../../../src/backends/thread/records.ts';
import { holdersOf } from '../../../../src/backends/thread/slots.ts';
import { interruptedAt } from '../../../support/interrupts.ts';

/** The ids of the threads, and their entries. */
export const MAIN = 0;
export const DEAD = 7;
export const OTHER = 8;
export const MAIN_ENTRY = 0;
export const DEAD_ENTRY = 1;
export const OTHER_ENTRY = 2;

/** A slab of so many slots, on which each thread has its entry. */
export function slab(slots: number): Int32Array {
  const words = new Int32Array(new SharedArrayBuffer(slabBytes(slots)));
  words[SLOT_COUNT] = slots;
  for (const thread of [MAIN, DEAD, OTHER]) takeEntry(words, thread);
  return words;
}

/** Cancels a slot for the thread of `entry`, as a slab does. */
export function decide(words: Int32Array, slot: number, entry: number, text: string): void {
  const record = writeRecord(words, slot, entry, new TextEncoder().encode(text));
  const won = Atomics.compareExchange(words, slotAt(slot) + CAUSE, 0, record + 1) === 0;
  (won ? publishRecord : dropRecord)(words, record);
}

export function causeOf(words: Int32Array, slot: number): string | undefined {
  const word = Atomics.load(words, slotAt(slot) + CAUSE);
  return word > 0 ? readRecord(words, word - 1) : undefined;
}

/** Whether a slot is used, and by whom it is held. */
export function stateOf(words: Int32Array, slot = 0): [life: number, holders: number[]] {
  return [Atomics.load(words, slotAt(slot) + LIFE), [...holdersOf(words, slotAt(slot))]];
}

class Death extends Error {}

/** Runs `body` as a thread that ends before one atomic step of it. @returns False when it has no such step. */
export function dyingAt(step: number, body: () => void): boolean {
  try {
    return insertedAt(step, body, () => {
      throw new Death('ended here');
    });
  } catch (error) {
    if (error instanceof Death) return true;
    throw error;
  }
}

/** Runs `body`, and `insert` before one atomic step of it. @returns False when it has no such step. */
export function insertedAt(step: number, body: () => void, insert: () => void): boolean {
  return interruptedAt([[step, insert]], body) > step;
}

/** The outcomes that differ, in the order they came up first. */
export function distinct<T>(outcomes: readonly T[]): T[] {
  return [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()];
}

/** Calls `scenario` with 0, 1, 2 … for as long as it returns true. @returns How many times. */
export function forEachStep(scenario: (step: number) => boolean): number {
  let step = 0;
  while (scenario(step)) step++;
  return step;
}
