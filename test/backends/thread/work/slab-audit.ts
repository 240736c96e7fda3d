/** What is in a slab that should not be, once everybody has let go of everything: read from its words. */
import {
  CAUSE,
  entryAt,
  FOR_SLOT,
  FREE,
  LIFE,
  OWNER,
  PUBLISHED,
  recordAt,
  recordCount,
  SLOT_COUNT,
  slotAt,
  THREADS_MAX,
  UNUSED,
  WRITER,
} from '../../../../src/backends/thread/layout.ts';
import { holdersOf } from '../../../../src/backends/thread/slots.ts';

/** One line for each thing left in it; entries of the threads `alive` are none. */
export function leftIn(words: Int32Array, ...alive: readonly number[]): string[] {
  return [...entriesLeft(words, alive), ...slotsLeft(words), ...recordsLeft(words)];
}

/** The threads that have an entry, living or not. */
export function ownersOf(words: Int32Array): number[] {
  return numbers(THREADS_MAX).flatMap((entry) => {
    const owner = Atomics.load(words, entryAt(entry) + OWNER);
    return owner === 0 ? [] : [owner - 1];
  });
}

function entriesLeft(words: Int32Array, alive: readonly number[]): string[] {
  return numbers(THREADS_MAX).flatMap((entry) => {
    const owner = Atomics.load(words, entryAt(entry) + OWNER);
    return owner === 0 || alive.includes(owner - 1) ? [] : [`entry ${entry}: owner ${owner}`];
  });
}

/** Slots that are not free, or that somebody holds. */
export function slotsLeft(words: Int32Array): string[] {
  return numbers(words[SLOT_COUNT] as number).flatMap((slot) => {
    const life = Atomics.load(words, slotAt(slot) + LIFE);
    const holders = [...holdersOf(words, slotAt(slot))];
    return life === FREE && holders.length === 0 ? [] : [`slot ${slot}: life ${life}, held by ${holders.join()}`];
  });
}

/** Records that are in use and no slot's cause. A free slot keeps its cause: a handle may arrive late. */
export function recordsLeft(words: Int32Array): string[] {
  const slots = words[SLOT_COUNT] as number;
  return numbers(recordCount(slots)).flatMap((record) => {
    const at = recordAt(record, slots);
    const writer = Atomics.load(words, at + WRITER);
    const isCause = Atomics.load(words, slotAt(words[at + FOR_SLOT] as number) + CAUSE) === record + 1;
    return writer === UNUSED || (writer === PUBLISHED && isCause) ? [] : [`record ${record}: writer ${writer}`];
  });
}

/** Slots whose cause is a record that is not published: what they say may be written over. */
export function causesLost(words: Int32Array): string[] {
  const slots = words[SLOT_COUNT] as number;
  return numbers(slots).flatMap((slot) => {
    const cause = Atomics.load(words, slotAt(slot) + CAUSE);
    if (cause <= 0) return [];
    const at = recordAt(cause - 1, slots);
    const writer = Atomics.load(words, at + WRITER);
    return writer === PUBLISHED && words[at + FOR_SLOT] === slot
      ? []
      : [`slot ${slot}: record ${cause - 1} of ${writer}`];
  });
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
