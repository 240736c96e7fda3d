import { describe, expect, test } from 'vitest';
import { SLOT_WORDS, slotAt } from '../../../src/backends/thread/layout.ts';
import { SharedSlot } from '../../../src/backends/thread/shared-slot.ts';
import { Slab } from '../../../src/backends/thread/slab.ts';
import { CancellationToken } from '../../../src/index.ts';
import { foreign } from '../../support/foreign-cause.ts';

/** A token in the one slot there is; once it has ended, the next one there, of another thread or of this one. */
function endedAndTakenAgain(bySameThread: boolean): { readonly ended: SharedSlot; readonly look: () => unknown } {
  const slab = Slab.create(1, 1_001);
  const other = bySameThread ? slab : new Slab(slab.memory, 1_002);
  const { slot, generation } = slab.take();
  const ended = new SharedSlot(slab, slot, generation, new CancellationToken());
  slab.add(ended);
  ended.release();
  const taken = other.take();
  const next = new SharedSlot(other, taken.slot, taken.generation, new CancellationToken());
  other.add(next);
  const words = slab.words.subarray(slotAt(0), slotAt(0) + SLOT_WORDS);
  return { ended, look: () => [[...words], other.heldIn(taken.slot, taken.generation) === next] };
}

describe('B4: once it has ended, it touches its slot no more', () => {
  test.each([
    ['another thread', false],
    ['this thread', true],
  ])('when %s has the slot now', (_who, bySameThread) => {
    const { ended, look } = endedAndTakenAgain(bySameThread);
    const before = look();
    const cause = foreign('timeout', 'too late');

    const standing = ended.settle(cause);
    ended.look();
    ended.keep();
    ended.loosen();
    ended.release();

    expect(standing).toBe(cause);
    expect(ended.decided()).toEqual([]);
    expect(look()).toEqual(before);
  });

  test('when it has been handed over', () => {
    const slab = Slab.create(1, 1_001);
    const { slot, generation } = slab.take();
    const token = new CancellationToken();
    const first = new SharedSlot(slab, slot, generation, token);
    slab.add(first);

    first.handOver();
    const second = new SharedSlot(slab, slot, generation, token);
    slab.add(second);
    first.release();

    expect(slab.heldIn(slot, generation)).toBe(second);
    expect(slab.causeIn(slot, token)).toBeUndefined();
    const cause = foreign();
    expect(second.settle(cause)).toBe(cause);
    expect(slab.heldCount).toBe(0);
  });
});
