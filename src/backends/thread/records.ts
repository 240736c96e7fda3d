/**
 * Records: the causes of cancelled tokens, as text in shared memory.
 *
 * P1. A record is written before it is published: whoever reads the flag reads all of the cause (B1).
 * P2. There is one for every slot and one for every thread, so there is always one to be had. Were they all lost, a
 *     cancel would go without: its reason is then in the slot itself, and nothing else of the cause.
 */
import { type CancellationCause, reviveCause, type TokenIdentity } from '../../token/index.ts';
import { causeText } from './cause-text.ts';
import {
  FOR_SLOT,
  LENGTH,
  PLAIN,
  PUBLISHED,
  RECORD_WORDS,
  recordAt,
  recordCount,
  SLOT_COUNT,
  TEXT,
  UNUSED,
  WRITER,
} from './layout.ts';
import { isPlain, readPlain, writePlain } from './plain-cause.ts';

/** Longest text of a record, in bytes. */
export const RECORD_BYTES = 4 * (RECORD_WORDS - TEXT);

/** Writes `cause` into an unused record for `slot`. @returns Its number; −1 when there is none (P2). */
export function writeCause(words: Int32Array, slot: number, entry: number, cause: CancellationCause): number {
  const { wallTime, monotonicNs } = cause; // by a clock that may throw: not once the record is taken
  const text = isPlain(cause) ? undefined : causeText(cause, RECORD_BYTES);
  const record = takeRecord(words, slot, entry);
  if (record < 0) return -1;
  const at = recordAt(record, words[SLOT_COUNT] as number);
  if (text !== undefined) {
    writeText(words, at, text);
  } else {
    words[at + LENGTH] = PLAIN;
    writePlain(words, at, cause, wallTime, monotonicNs);
  }
  return record;
}

/** Writes `text` into an unused record for `slot`. @returns Its number; −1 when there is none (P2). */
export function writeRecord(words: Int32Array, slot: number, entry: number, text: Uint8Array): number {
  const record = takeRecord(words, slot, entry);
  if (record >= 0) writeText(words, recordAt(record, words[SLOT_COUNT] as number), text);
  return record;
}

function takeRecord(words: Int32Array, slot: number, entry: number): number {
  const slots = words[SLOT_COUNT] as number;
  const count = recordCount(slots);
  for (let tries = 0; tries < count; tries++) {
    const record = (slot + tries) % count; // its own number first: nearly always free
    const at = recordAt(record, slots);
    if (Atomics.compareExchange(words, at + WRITER, UNUSED, entry + 1) !== UNUSED) continue;
    words[at + FOR_SLOT] = slot;
    return record;
  }
  return -1;
}

function writeText(words: Int32Array, at: number, text: Uint8Array): void {
  words[at + LENGTH] = text.length;
  new Uint8Array(words.buffer, 4 * (at + TEXT), text.length).set(text);
}

/** Says that a slot points to the record now. */
export function publishRecord(words: Int32Array, record: number): void {
  Atomics.store(words, recordAt(record, words[SLOT_COUNT] as number) + WRITER, PUBLISHED);
}

/** Gives back a record that was not published. */
export function dropRecord(words: Int32Array, record: number): void {
  Atomics.store(words, recordAt(record, words[SLOT_COUNT] as number) + WRITER, UNUSED);
}

/** Frees a published record; one that another thread has freed stays as it is. */
export function freeRecord(words: Int32Array, record: number): void {
  Atomics.compareExchange(words, recordAt(record, words[SLOT_COUNT] as number) + WRITER, PUBLISHED, UNUSED);
}

/**
 * A copy of a record that may be overwritten meanwhile, of the token known by `token`.
 *
 * @returns What gives the cause, to be called once it is known that nothing was overwritten.
 */
export function copyCause(words: Int32Array, record: number, token: TokenIdentity): () => CancellationCause {
  const at = recordAt(record, words[SLOT_COUNT] as number);
  if (words[at + LENGTH] === PLAIN) {
    const cause = readPlain(words, at, token);
    return () => cause;
  }
  const text = readRecord(words, record);
  return () => reviveCause(JSON.parse(text));
}

/** A copy of a record's text. */
export function readRecord(words: Int32Array, record: number): string {
  const at = recordAt(record, words[SLOT_COUNT] as number);
  const length = Math.min(Math.max(0, words[at + LENGTH] as number), RECORD_BYTES);
  return Buffer.from(words.buffer, 4 * (at + TEXT), length).toString();
}
