import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAUSE, FREE, slotAt, USED } from '../../../src/backends/thread/layout.ts';
import { holdSlot, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';
import { distinct, interruptedEverywhere } from '../../support/interrupts.ts';
import { FREED, lifeOf, stateOf, taken, words } from './slot-bench.ts';
import { checkSlots, SLOT_OPERATIONS } from './slot-model.ts';

test('every order of taking, holding and letting go ends as in a plain model (S1, S2)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(SLOT_OPERATIONS, { maxLength: 60 }), (slots, operations) => {
      checkSlots(words(slots), operations);
    }),
    { numRuns: 300 },
  );
});

test.each([0, 31, 32, 63, 200, 255])('entry %i can take, hold and let go', (entry) => {
  const all = words(1);

  expect(takeSlot(all, entry)).toBe(0);
  expect(holdSlot(all, 0, 1, (entry + 1) % 256)).toBe(true);
  expect(stateOf(all).holders).toEqual([entry, (entry + 1) % 256].toSorted((a, b) => a - b));
  leaveSlot(all, 0, entry);
  expect(stateOf(all).holders).toEqual([(entry + 1) % 256]);
  leaveSlot(all, 0, (entry + 1) % 256);

  expect(stateOf(all)).toEqual(FREED);
});

test('what was cancelled stays in a free slot, and is gone once it is taken (S3)', () => {
  const all = taken(1);
  Atomics.store(all, slotAt(0) + CAUSE, -5);

  leaveSlot(all, 0, 0);

  expect(Atomics.load(all, slotAt(0) + CAUSE)).toBe(-5);
  takeSlot(all, 1);
  expect(Atomics.load(all, slotAt(0) + CAUSE)).toBe(0);
});

test.each([
  ['taking', (all: Int32Array, entry: number) => takeSlot(all, entry), FREE],
  ['freeing', (all: Int32Array, entry: number) => leaveSlot(all, 0, entry), USED],
])('%s a slot names who is at it, in each step between (S4)', (_what, act, before) => {
  const livesOf = (entry: number): number[] =>
    distinct(
      interruptedEverywhere(() => {
        const all = before === USED ? taken(1, entry) : words(1);
        let life = 0;
        return {
          body: () => act(all, entry),
          interrupt: () => (life = lifeOf(all)),
          outcome: () => life,
        };
      }),
    );

  const [six, seven] = [livesOf(6), livesOf(7)];

  const named = six.filter((life) => !seven.includes(life));
  expect(named.length).toBeGreaterThan(0);
  expect(six).toEqual([before, ...named]);
});

test('slots are taken in turn, so that one just let go of is the last to be taken again (S3)', () => {
  const all = words(3);

  const slots = Array.from({ length: 6 }, () => {
    const slot = takeSlot(all, 0);
    leaveSlot(all, slot, 0);
    return slot;
  });

  expect(slots).toEqual([0, 1, 2, 0, 1, 2]);
});
