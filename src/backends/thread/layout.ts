/**
 * The slab: where everything lies in the shared memory, in 32-bit words.
 *
 *   header │ one entry a thread │ one slot a token │ one record a cause
 *
 * Entries and slots are 64 bytes, a cache line: two threads at work on two of them are not in each other's way.
 */

export const HEADER_WORDS = 16;
/** In the header. */
export const SLOT_COUNT = 0;
export const CREATOR_THREAD = 1;
/** Where the next free slot is looked for. */
export const CURSOR = 2;

/** Threads that may hold shared tokens at once. */
export const THREADS_MAX = 256;
export const ENTRY_WORDS = 16;
/** In an entry: whose it is, as its thread id + 1; 0 for nobody's; −(entry + 1) while that one's thread puts it right. */
export const OWNER = 0;
/** In an entry: counts what its thread has been told. */
export const BELL = 1;
/** In an entry: the bell as its thread last saw it. */
export const HEARD = 2;

export const SLOT_WORDS = 16;
/** In a slot: one of {@link FREE} and {@link USED}, or what {@link taking} and {@link freeing} give meanwhile. */
export const LIFE = 0;
/** In a slot: how often it has been taken. */
export const GENERATION = 1;
/** In a slot: 0 while live; the cause's record + 1 once cancelled; −(reason + 1) when there was no record to be had. */
export const CAUSE = 2;
/** In a slot: one bit for each thread that holds the token. */
export const HOLDERS = 8;
export const HOLDER_WORDS = THREADS_MAX / 32;

export const FREE = 0;
export const USED = 1;

/** The thread of `entry` is taking a slot. */
export function taking(entry: number): number {
  return -(entry + 1);
}

/** The thread of `entry` is freeing a slot, and anybody who needs it may call that off. */
export function freeing(entry: number): number {
  return -(entry + 1) - THREADS_MAX;
}

/** Whether a slot with this life is being freed. */
export function isFreeing(life: number): boolean {
  return life < -THREADS_MAX;
}

/** A cause is cut to fit: see `record.ts`. */
export const RECORD_WORDS = 512;
/** In a record: one of {@link UNUSED} and {@link PUBLISHED}, or entry + 1 while a thread writes it. */
export const WRITER = 0;
/** In a record: the slot it is written for. */
export const FOR_SLOT = 1;
/** In a record: how many bytes of text follow; {@link PLAIN} where there is no text, but a plain cause. */
export const LENGTH = 2;
export const TEXT = 3;
export const PLAIN = -1;
/** In a record: where a plain cause begins: see `plain-cause.ts`. */
export const PLAIN_CAUSE = 3;

export const UNUSED = 0;
export const PUBLISHED = -1;

/** Every slot may keep one cause, and every thread be writing another. */
export function recordCount(slots: number): number {
  return slots + THREADS_MAX;
}

export function entryAt(entry: number): number {
  return HEADER_WORDS + entry * ENTRY_WORDS;
}

export function slotAt(slot: number): number {
  return entryAt(THREADS_MAX) + slot * SLOT_WORDS;
}

export function recordAt(record: number, slots: number): number {
  return slotAt(slots) + record * RECORD_WORDS;
}

/** Bytes of a slab of so many slots. */
export function slabBytes(slots: number): number {
  return 4 * recordAt(recordCount(slots), slots);
}
