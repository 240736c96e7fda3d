import { describe, expect, test } from 'vitest';
import { bellOf, takeEntry } from '../../../src/backends/thread/doorbells.ts';
import {
  entryAt,
  FREE,
  GENERATION,
  OWNER,
  recordCount,
  SLOT_COUNT,
  slotAt,
  USED,
} from '../../../src/backends/thread/layout.ts';
import { reclaim } from '../../../src/backends/thread/reclaim.ts';
import { writeRecord } from '../../../src/backends/thread/records.ts';
import { holdSlot, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';
import {
  causeOf,
  DEAD,
  DEAD_ENTRY,
  decide,
  dyingAt,
  forEachStep,
  MAIN,
  MAIN_ENTRY,
  OTHER,
  OTHER_ENTRY,
  slab,
  stateOf,
} from './work/dying.ts';
import { causesLost, leftIn, recordsLeft, slotsLeft } from './work/slab-audit.ts';

/** Whether as many causes can be written as there is room for, by whoever comes next. */
function hasAllRoom(words: Int32Array): boolean {
  const slots = words[SLOT_COUNT] as number;
  const taken = Array.from({ length: slots }, () => takeSlot(words, OTHER_ENTRY));
  let records = 0;
  while (writeRecord(words, 0, OTHER_ENTRY, new Uint8Array()) >= 0) records++;
  return new Set(taken).size === slots && !taken.includes(-1) && records === recordCount(slots);
}

describe('R1: whatever a thread was doing when it ended, nothing of it is left', () => {
  test('taking a slot', () => {
    const steps = forEachStep((step) => {
      const words = slab(1);
      const more = dyingAt(step, () => takeSlot(words, DEAD_ENTRY));

      reclaim(words, DEAD, MAIN_ENTRY);

      expect(leftIn(words, MAIN, OTHER)).toEqual([]);
      expect(hasAllRoom(words)).toBe(true);
      return more;
    });

    expect(steps).toBe(6);
  });

  test('taking a slot that has a cause of its last use', () => {
    const steps = forEachStep((step) => {
      const words = slab(1);
      takeSlot(words, OTHER_ENTRY);
      decide(words, 0, OTHER_ENTRY, 'the last');
      leaveSlot(words, 0, OTHER_ENTRY);
      const more = dyingAt(step, () => takeSlot(words, DEAD_ENTRY));

      reclaim(words, DEAD, MAIN_ENTRY);

      expect(leftIn(words, MAIN, OTHER)).toEqual([]);
      expect(causesLost(words)).toEqual([]);
      expect(hasAllRoom(words)).toBe(true);
      return more;
    });

    expect(steps).toBeGreaterThan(6);
  });

  test.each(['alone', 'with another'])('letting go of a slot it held %s', (how) => {
    const steps = forEachStep((step) => {
      const words = slab(1);
      takeSlot(words, DEAD_ENTRY);
      if (how !== 'alone') holdSlot(words, 0, 1, OTHER_ENTRY);
      const more = dyingAt(step, () => leaveSlot(words, 0, DEAD_ENTRY));

      reclaim(words, DEAD, MAIN_ENTRY);

      const kept = how === 'alone' ? [FREE, []] : [USED, [OTHER_ENTRY]];
      expect(stateOf(words)).toEqual(kept);
      return more;
    });

    expect(steps).toBeGreaterThan(1);
  });

  test('letting go of a slot while another began to hold it', () => {
    forEachStep((step) => {
      const words = slab(1);
      takeSlot(words, DEAD_ENTRY);
      let held = false;
      const more = dyingAt(step, () => leaveSlot(words, 0, DEAD_ENTRY));
      held = holdSlot(words, 0, 1, OTHER_ENTRY);

      reclaim(words, DEAD, MAIN_ENTRY);

      expect(stateOf(words)).toEqual(held ? [USED, [OTHER_ENTRY]] : [FREE, []]);
      return more;
    });
  });

  test('beginning to hold a slot', () => {
    const steps = forEachStep((step) => {
      const words = slab(1);
      takeSlot(words, OTHER_ENTRY);
      const more = dyingAt(step, () => holdSlot(words, 0, 1, DEAD_ENTRY));

      reclaim(words, DEAD, MAIN_ENTRY);

      expect(stateOf(words)).toEqual([USED, [OTHER_ENTRY]]);
      return more;
    });

    expect(steps).toBeGreaterThan(1);
  });

  test('holding slots, some alone and some with others', () => {
    const words = slab(8);
    for (let slot = 0; slot < 8; slot++) takeSlot(words, slot < 5 ? DEAD_ENTRY : OTHER_ENTRY);
    for (const slot of [3, 4]) holdSlot(words, slot, 1, OTHER_ENTRY);
    for (const slot of [5, 6]) holdSlot(words, slot, 1, DEAD_ENTRY);

    reclaim(words, DEAD, MAIN_ENTRY);

    expect(slotsLeft(words)).toEqual(
      [3, 4, 5, 6, 7].map((slot) => `slot ${slot}: life ${USED}, held by ${OTHER_ENTRY}`),
    );
  });

  test('what is left can be taken again at once, in a later generation (S2)', () => {
    const words = slab(1);
    takeSlot(words, DEAD_ENTRY);

    reclaim(words, DEAD, MAIN_ENTRY);

    expect(takeSlot(words, OTHER_ENTRY)).toBe(0);
    expect(Atomics.load(words, slotAt(0) + GENERATION)).toBe(2);
    expect(holdSlot(words, 0, 1, MAIN_ENTRY)).toBe(false);
  });

  test('its entry too: the next thread may have it, and a thread that has none is nothing to do for', () => {
    const words = slab(1);

    reclaim(words, DEAD, MAIN_ENTRY);
    reclaim(words, DEAD, MAIN_ENTRY);
    reclaim(words, 99, MAIN_ENTRY);

    expect(takeEntry(words, 100)).toBe(DEAD_ENTRY);
    expect(Atomics.load(words, entryAt(OTHER_ENTRY) + OWNER)).toBe(OTHER + 1);
  });
});

describe('R2: a thread that ends as it cancels', () => {
  test('has cancelled for everybody or for nobody, and whoever holds the token is rung', () => {
    const outcomes = new Set<string | undefined>();

    const steps = forEachStep((step) => {
      const words = slab(2);
      takeSlot(words, DEAD_ENTRY);
      holdSlot(words, 0, 1, OTHER_ENTRY);
      const bell = bellOf(words, OTHER_ENTRY);
      const more = dyingAt(step, () => decide(words, 0, DEAD_ENTRY, 'its last word'));

      reclaim(words, DEAD, MAIN_ENTRY);

      outcomes.add(causeOf(words, 0));
      expect(causesLost(words)).toEqual([]);
      expect(recordsLeft(words)).toEqual([]);
      expect(bellOf(words, OTHER_ENTRY)).not.toBe(bell);
      expect(bellOf(words, MAIN_ENTRY)).toBeGreaterThan(0);
      return more;
    });

    expect(steps).toBe(3);
    expect(outcomes).toEqual(new Set([undefined, 'its last word']));
  });

  test('and lost to another, leaves that one’s cause and no record of its own', () => {
    forEachStep((step) => {
      const words = slab(2);
      takeSlot(words, DEAD_ENTRY);
      holdSlot(words, 0, 1, OTHER_ENTRY);
      decide(words, 0, OTHER_ENTRY, 'first');
      const more = dyingAt(step, () => decide(words, 0, DEAD_ENTRY, 'second'));

      reclaim(words, DEAD, MAIN_ENTRY);

      expect(causeOf(words, 0)).toBe('first');
      expect([...recordsLeft(words), ...causesLost(words)]).toEqual([]);
      return more;
    });
  });

  test('leaves a cause that a late handle can still read (S3)', () => {
    const words = slab(1);
    takeSlot(words, DEAD_ENTRY);
    decide(words, 0, DEAD_ENTRY, 'kept');

    reclaim(words, DEAD, MAIN_ENTRY);

    expect([...stateOf(words), causeOf(words, 0)]).toEqual([FREE, [], 'kept']);
    expect(hasAllRoom(words)).toBe(true);
  });
});
