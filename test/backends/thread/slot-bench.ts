/** Slots without threads: whoever calls says for which entry it acts. */
import { FREE, GENERATION, LIFE, slabBytes, SLOT_COUNT, slotAt, USED } from '../../../src/backends/thread/layout.ts';
import { holdersOf, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';

/** A slab of so many slots, all free. */
export function words(slots: number): Int32Array {
  const all = new Int32Array(new SharedArrayBuffer(slabBytes(slots)));
  all[SLOT_COUNT] = slots;
  return all;
}

/** A slab of one slot, taken so often by one entry, and let go of again but for the last time. */
export function taken(times: number, entry = 0): Int32Array {
  const all = words(1);
  for (let time = 0; time < times; time++) {
    if (time > 0) leaveSlot(all, 0, entry);
    takeSlot(all, entry);
  }
  return all;
}

export const lifeOf = (all: Int32Array): number => Atomics.load(all, slotAt(0) + LIFE);
export const generationOf = (all: Int32Array): number => Atomics.load(all, slotAt(0) + GENERATION);

/** What there is to see of the first slot. */
export interface SlotState {
  readonly life: number;
  readonly holders: readonly number[];
}

export function stateOf(all: Int32Array): SlotState {
  return { life: lifeOf(all), holders: [...holdersOf(all, slotAt(0))] };
}

export const FREED: SlotState = { life: FREE, holders: [] };
export const heldBy = (...entries: number[]): SlotState => ({ life: USED, holders: entries });
