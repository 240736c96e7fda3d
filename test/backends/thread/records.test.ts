import { describe, expect, test } from 'vitest';
import { RECORD_WORDS, recordAt, recordCount, slabBytes, SLOT_COUNT } from '../../../src/backends/thread/layout.ts';
import {
  dropRecord,
  freeRecord,
  publishRecord,
  readRecord,
  RECORD_BYTES,
  writeRecord,
} from '../../../src/backends/thread/records.ts';
import { interruptedEverywhere } from '../../support/interrupts.ts';

const SLOTS = 3;

function words(): Int32Array {
  const all = new Int32Array(new SharedArrayBuffer(slabBytes(SLOTS)));
  all[SLOT_COUNT] = SLOTS;
  return all;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const longest = (letter: string): string => letter.repeat(RECORD_BYTES);

describe('a record', () => {
  test.each([
    ['nothing', ''],
    ['ASCII', 'timeout'],
    ['characters of several bytes', 'süße 取消 🛑'],
    ['the longest text there is', longest('x')],
  ])('gives back %s', (_what, text) => {
    const all = words();

    const record = writeRecord(all, 1, 0, bytes(text));
    publishRecord(all, record);

    expect(readRecord(all, record)).toBe(text);
  });

  test('touches no other one, nor anything outside the records', () => {
    const all = words();
    const others = [0, 2].map((slot) => writeRecord(all, slot, 0, bytes(longest('o'))));
    const before = all.slice();

    const record = writeRecord(all, 1, 0, bytes(longest('x')));

    const at = recordAt(record, SLOTS);
    const changed = [...all.keys()].filter((word) => all[word] !== before[word]);
    expect(changed.every((word) => word >= at && word < at + RECORD_WORDS)).toBe(true);
    expect(others.map((other) => readRecord(all, other))).toEqual([longest('o'), longest('o')]);
    expect(at + RECORD_WORDS).toBeLessThanOrEqual(all.length);
  });

  test('is had by one writer only, also when two begin at once', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = words();
      const got: number[] = [];
      return {
        body: () => got.push(writeRecord(all, 1, 0, bytes('one'))),
        interrupt: () => got.push(writeRecord(all, 1, 1, bytes('other'))),
        outcome: () => ({ records: new Set(got).size, texts: new Set(got.map((record) => readRecord(all, record))) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(0);
    for (const outcome of outcomes) expect(outcome).toEqual({ records: 2, texts: new Set(['one', 'other']) });
  });

  test('can be written again once dropped or freed, and not before', () => {
    const all = words();
    const dropped = writeRecord(all, 1, 0, bytes('a'));
    const other = writeRecord(all, 1, 0, bytes('b'));

    dropRecord(all, dropped);
    publishRecord(all, other);

    expect(other).not.toBe(dropped);
    expect(writeRecord(all, 1, 0, bytes('c'))).toBe(dropped);
    freeRecord(all, other);
    expect(writeRecord(all, other, 0, bytes('d'))).toBe(other);
  });

  test('that is being written is not freed by whoever comes late', () => {
    const all = words();
    const record = writeRecord(all, 1, 0, bytes('a'));

    freeRecord(all, record);

    expect(writeRecord(all, 1, 1, bytes('b'))).not.toBe(record);
  });
});

test('there is a record for every slot and every thread at once, and -1 beyond (P2)', () => {
  const all = words();

  const records = Array.from({ length: recordCount(SLOTS) + 1 }, (_, index) =>
    writeRecord(all, index % SLOTS, 0, bytes(String(index))),
  );

  expect(records.pop()).toBe(-1);
  expect(new Set(records).size).toBe(SLOTS + 256);
  expect(records.map((record) => readRecord(all, record))).toEqual(records.map((_, index) => String(index)));
});
