/** Putting right what a dead thread left, while living ones go on, or end in the middle of it. */
import { describe, expect, test } from 'vitest';
import { FREE, LIFE, slotAt, USED } from '../../../../src/backends/thread/layout.ts';
import { reclaim } from '../../../../src/backends/thread/reclaim.ts';
import { writeRecord } from '../../../../src/backends/thread/records.ts';
import { holdSlot, leaveSlot, takeSlot } from '../../../../src/backends/thread/slots.ts';
import {
  causeOf,
  DEAD,
  DEAD_ENTRY,
  decide,
  distinct,
  dyingAt,
  forEachStep,
  insertedAt,
  MAIN,
  MAIN_ENTRY,
  OTHER,
  OTHER_ENTRY,
  slab,
  stateOf,
} from './dying.ts';
import { causesLost, leftIn, recordsLeft } from './slab-audit.ts';

/** Slots a dead thread held: alone, with another, cancelled, and one it was taking when it ended. */
function deadSlab(): Int32Array {
  const words = slab(4);
  for (let slot = 0; slot < 3; slot++) takeSlot(words, DEAD_ENTRY);
  holdSlot(words, 1, 1, OTHER_ENTRY);
  decide(words, 2, DEAD_ENTRY, 'decided');
  Atomics.store(words, slotAt(3) + LIFE, -(DEAD_ENTRY + 1));
  return words;
}

function expectRight(words: Int32Array, ...alive: number[]): void {
  const others = `slot 1: life ${USED}, held by ${OTHER_ENTRY}`;
  expect(leftIn(words, ...alive)).toEqual([others]);
  expect(causeOf(words, 2)).toBe('decided');
  expect(causesLost(words)).toEqual([]);
}

describe('R3: a dead thread is put right once', () => {
  test('though two do it at once, at whatever step the second comes', () => {
    const steps = forEachStep((step) => {
      const words = deadSlab();

      const more = insertedAt(
        step,
        () => reclaim(words, DEAD, MAIN_ENTRY),
        () => reclaim(words, DEAD, OTHER_ENTRY),
      );

      expectRight(words, MAIN, OTHER);
      return more;
    });

    expect(steps).toBeGreaterThan(100);
  });

  test('though whoever does it ends on the way: whoever puts that one right goes on', () => {
    const steps = forEachStep((step) => {
      const words = deadSlab();
      const more = dyingAt(step, () => reclaim(words, DEAD, OTHER_ENTRY));

      reclaim(words, OTHER, MAIN_ENTRY);
      reclaim(words, DEAD, MAIN_ENTRY);

      expect(leftIn(words, MAIN)).toEqual([]);
      expect(causeOf(words, 2)).toBe('decided');
      expect(causesLost(words)).toEqual([]);
      return more;
    });

    expect(steps).toBeGreaterThan(100);
  });
});

describe('meanwhile living threads', () => {
  test('take and cancel slots: none of theirs is touched (R1)', () => {
    const theirs: unknown[] = [];

    forEachStep((step) => {
      const words = deadSlab();
      let slot = -1;

      const more = insertedAt(
        step,
        () => reclaim(words, DEAD, MAIN_ENTRY),
        () => {
          slot = takeSlot(words, OTHER_ENTRY);
          if (slot >= 0) decide(words, slot, OTHER_ENTRY, 'theirs');
        },
      );

      if (slot >= 0) theirs.push([causeOf(words, slot), ...stateOf(words, slot)]);
      expect([...recordsLeft(words), ...causesLost(words)]).toEqual([]);
      return more;
    });

    expect(distinct(theirs)).toEqual([['theirs', USED, [OTHER_ENTRY]]]);
  });

  test('that are in the middle of a cancel, keep it, at whatever step of it (R2)', () => {
    const steps = forEachStep((step) => {
      const words = deadSlab();

      const more = insertedAt(
        step,
        () => decide(words, 1, OTHER_ENTRY, 'theirs'),
        () => reclaim(words, DEAD, MAIN_ENTRY),
      );

      expect(causeOf(words, 1)).toBe('theirs');
      expect([...recordsLeft(words), ...causesLost(words)]).toEqual([]);
      return more;
    });

    expect(steps).toBe(3);
  });

  test('that are in the middle of taking a slot, free the record of its last cause, and no later one of that number (R1)', () => {
    const theirs: unknown[] = [];

    const steps = forEachStep((step) => {
      const words = slab(2);
      takeSlot(words, OTHER_ENTRY);
      writeRecord(words, 0, MAIN_ENTRY, new Uint8Array()); // so that the cause gets record 1, which slot 1 will want
      decide(words, 0, OTHER_ENTRY, 'the last');
      leaveSlot(words, 0, OTHER_ENTRY);
      takeSlot(words, MAIN_ENTRY); // so that the next to be taken is slot 0 again

      const more = insertedAt(
        step,
        () => takeSlot(words, OTHER_ENTRY),
        () => {
          reclaim(words, DEAD, MAIN_ENTRY);
          decide(words, 1, MAIN_ENTRY, 'the next'); // into the record that was freed, if it was
        },
      );

      if (more) theirs.push([causeOf(words, 1), ...causesLost(words)]);
      return more;
    });

    expect(steps).toBeGreaterThan(5);
    expect(distinct(theirs)).toEqual([['the next']]);
  });

  test('begin to hold what the dead one was freeing: one of two comes true (S1)', () => {
    const seen: unknown[] = [];

    forEachStep((step) => {
      const words = slab(1);
      takeSlot(words, DEAD_ENTRY);
      let held = false;

      const more = insertedAt(
        step,
        () => reclaim(words, DEAD, MAIN_ENTRY),
        () => (held = holdSlot(words, 0, 1, OTHER_ENTRY)),
      );

      if (more) seen.push([held, ...stateOf(words)]);
      return more;
    });

    expect(distinct(seen)).toEqual([
      [true, USED, [OTHER_ENTRY]],
      [false, FREE, []],
    ]);
  });
});
