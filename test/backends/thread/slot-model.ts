/** What slots are to do, said as plainly as possible, to be compared with what they do. */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { FREE, GENERATION, LIFE, SLOT_COUNT, slotAt, USED } from '../../../src/backends/thread/layout.ts';
import { holdersOf, holdSlot, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';

/** One step: `which` picks among the handles there have been. */
interface SlotOperation {
  readonly kind: 'take' | 'hold' | 'leave';
  readonly entry: number;
  readonly which: number;
}

export const SLOT_OPERATIONS: fc.Arbitrary<SlotOperation> = fc.record({
  kind: fc.constantFrom('take', 'hold', 'leave'),
  entry: fc.constantFrom(0, 1, 31, 32, 40, 255),
  which: fc.nat(1_000),
});

interface Handle {
  readonly slot: number;
  readonly generation: number;
}

interface ModelSlot {
  generation: number;
  readonly holders: Set<number>;
}

/** Does `operations` to `words` and to a model, and fails where they differ. */
export function checkSlots(words: Int32Array, operations: readonly SlotOperation[]): void {
  const slots = Array.from({ length: words[SLOT_COUNT] as number }, (): ModelSlot => ({
    generation: 0,
    holders: new Set(),
  }));
  const handles: Handle[] = [];
  for (const operation of operations) {
    if (operation.kind === 'take') take(words, slots, handles, operation.entry);
    else if (handles.length > 0) {
      const handle = handles[operation.which % handles.length] as Handle;
      (operation.kind === 'hold' ? hold : leave)(words, slots, handle, operation.entry);
    }
    expect(statesOf(words)).toEqual(slots.map(({ generation, holders }) => stateOf(generation, holders)));
  }
}

function take(words: Int32Array, slots: ModelSlot[], handles: Handle[], entry: number): void {
  const slot = takeSlot(words, entry);
  const taken = slots[slot];
  expect(taken !== undefined).toBe(slots.some(({ holders }) => holders.size === 0));
  if (taken === undefined) return;
  expect(taken.holders.size).toBe(0);
  taken.generation++;
  taken.holders.add(entry);
  handles.push({ slot, generation: taken.generation });
}

function hold(words: Int32Array, slots: ModelSlot[], { slot, generation }: Handle, entry: number): void {
  const { holders, generation: now } = slots[slot] as ModelSlot;
  if (holders.has(entry)) return; // a thread asks for what it holds already nowhere
  const good = now === generation && holders.size > 0;
  expect(holdSlot(words, slot, generation, entry)).toBe(good);
  if (good) holders.add(entry);
}

function leave(words: Int32Array, slots: ModelSlot[], { slot, generation }: Handle, entry: number): void {
  const { holders, generation: now } = slots[slot] as ModelSlot;
  if (now !== generation || !holders.delete(entry)) return; // nor does it let go of what it does not hold
  leaveSlot(words, slot, entry);
}

function statesOf(words: Int32Array): unknown[] {
  return Array.from({ length: words[SLOT_COUNT] as number }, (_, slot) => {
    const at = slotAt(slot);
    const holders = new Set(holdersOf(words, at));
    expect(words[at + LIFE]).toBe(holders.size > 0 ? USED : FREE);
    return stateOf(words[at + GENERATION] as number, holders);
  });
}

function stateOf(generation: number, holders: Set<number>): unknown {
  return { generation, holders: [...holders].toSorted((a, b) => a - b) };
}
