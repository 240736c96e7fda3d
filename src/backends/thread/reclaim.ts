/**
 * Putting right what a thread left behind when it ended, however it ended.
 *
 * R1. A slot it held alone is free afterwards, one it was taking or freeing too; what it was writing is unused again.
 * R2. A cancel it had decided reaches everybody, also if it ended before it could ring.
 * R3. One thread at a time does this for one entry: whoever marks the entry first. If it ends on the way, whoever puts
 *     right what it left goes on with this too.
 */
import { entryOf, freeEntry, markDead, ringAll, takeOver } from './doorbells.ts';
import {
  CAUSE,
  FOR_SLOT,
  FREE,
  freeing,
  LIFE,
  PUBLISHED,
  recordAt,
  recordCount,
  SLOT_COUNT,
  slotAt,
  taking,
  THREADS_MAX,
  UNUSED,
  USED,
  WRITER,
} from './layout.ts';
import { isHolder, leaveSlot } from './slots.ts';

/** Puts right what the thread `threadId` left in this slab; `by` is the entry of whoever does it. */
export function reclaim(words: Int32Array, threadId: number, by: number): void {
  for (let dead = entryOf(words, threadId); dead >= 0; dead = entryOf(words, threadId)) {
    if (markDead(words, dead, threadId, by)) putRight(words, dead, by); // R3
  }
}

function putRight(words: Int32Array, dead: number, by: number): void {
  for (let entry = 0; entry < THREADS_MAX; entry++) {
    if (takeOver(words, entry, dead, by)) putRight(words, entry, by); // R3
  }
  reclaimRecords(words, dead);
  reclaimSlots(words, dead, by);
  freeEntry(words, dead);
  ringAll(words); // R2
}

function reclaimSlots(words: Int32Array, dead: number, by: number): void {
  const slots = words[SLOT_COUNT] as number;
  for (let slot = 0; slot < slots; slot++) {
    const at = slotAt(slot);
    const life = Atomics.load(words, at + LIFE);
    if (life === FREE && !isHolder(words, at, dead)) continue;
    if (life === taking(dead) || life === freeing(dead)) Atomics.compareExchange(words, at + LIFE, life, USED);
    leaveSlot(words, slot, dead, by); // also one it had left, and not freed yet
  }
}

function reclaimRecords(words: Int32Array, dead: number): void {
  const slots = words[SLOT_COUNT] as number;
  for (let record = 0; record < recordCount(slots); record++) {
    const at = recordAt(record, slots);
    const writer = Atomics.load(words, at + WRITER);
    if (writer !== dead + 1 && writer !== PUBLISHED) continue;
    const slot = slotAt(words[at + FOR_SLOT] as number);
    const isCause = Atomics.load(words, slot + CAUSE) === record + 1;
    // A published one that is no slot's cause is about to be freed by whoever takes the slot: ours only if that is dead.
    if (writer === PUBLISHED && (isCause || Atomics.load(words, slot + LIFE) !== taking(dead))) continue;
    Atomics.compareExchange(words, at + WRITER, writer, isCause ? PUBLISHED : UNUSED);
  }
}
