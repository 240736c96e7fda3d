/**
 * A slab, as one thread sees it: the shared memory, this thread's entry in it, and the tokens it holds there.
 *
 * B2. One doorbell a thread and slab, listened to only while the thread holds a token there: idle costs nothing and
 *     keeps nothing alive.
 * B3. A token on which nothing hangs, and which the program has dropped, is let go of; one on which something hangs is
 *     kept until it is cancelled or disposed, for a cancel must find it.
 */
import { type CancellationCause, type Decided, reviveCause, takeIn, type TokenIdentity } from '../../token/index.ts';
import { bellOf, bellWord, listen, noteHeard, ring, takeEntry, waitForBell } from './doorbells.ts';
import { CAUSE, CREATOR_THREAD, GENERATION, slabBytes, SLOT_COUNT, slotAt } from './layout.ts';
import { copyCause, dropRecord, publishRecord, writeCause } from './records.ts';
import { reasonAlone, reasonOf } from './reason-word.ts';
import { Insistence } from './insistence.ts';
import type { SharedSlot } from './shared-slot.ts';
import { SharedTokensFullError } from './shared-tokens-full-error.ts';
import { holdersOf, holdSlot, leaveSlot, takeSlot } from './slots.ts';

/** After so many more tokens, or as many as were needed last time, those that nobody needs are looked for. */
const SWEEP_EVERY = 64;

/** One slab, on this thread. */
export class Slab {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  /** This thread's entry. */
  readonly entry: number;
  /** This thread's bell. */
  readonly bell: Int32Array;
  readonly #held = new Map<number, SharedSlot>();
  #heard: number;
  #listening = false;
  readonly #insistence: Insistence;
  #untilSweep = SWEEP_EVERY;

  /** @throws {SharedTokensFullError} too many threads hold shared tokens. */
  constructor(memory: SharedArrayBuffer, threadId: number) {
    this.memory = memory;
    this.words = new Int32Array(memory);
    this.entry = takeEntry(this.words, threadId);
    if (this.entry < 0) throw new SharedTokensFullError('threads');
    this.bell = bellWord(this.words, this.entry);
    this.#insistence = new Insistence(this.words);
    this.#heard = bellOf(this.words, this.entry);
    noteHeard(this.words, this.entry, this.#heard);
  }

  /** A new one for so many tokens. */
  static create(slots: number, threadId: number): Slab {
    const memory = new SharedArrayBuffer(slabBytes(slots));
    const words = new Int32Array(memory);
    words[SLOT_COUNT] = slots;
    words[CREATOR_THREAD] = threadId;
    return new Slab(memory, threadId);
  }

  /** The bell as last heard. */
  get heard(): number {
    return this.#heard;
  }

  /** Tokens this thread holds here. */
  get heldCount(): number {
    return this.#held.size;
  }

  /** Takes a slot for a token that this thread shares. @throws {SharedTokensFullError} */
  take(): { readonly slot: number; readonly generation: number } {
    this.#sweepIfDue();
    let slot = takeSlot(this.words, this.entry);
    if (slot < 0 && this.sweep() > 0) slot = takeSlot(this.words, this.entry);
    if (slot < 0) throw new SharedTokensFullError('tokens', this.words[SLOT_COUNT]);
    return { slot, generation: Atomics.load(this.words, slotAt(slot) + GENERATION) };
  }

  /** Holds a slot for a token that another thread shared. @returns False when its token is gone. */
  hold(slot: number, generation: number): boolean {
    this.#sweepIfDue();
    return !this.#held.has(slot) && holdSlot(this.words, slot, generation, this.entry);
  }

  /** From now on a cancel of the slot reaches `shared`. */
  add(shared: SharedSlot): void {
    this.#held.set(shared.slot, shared);
    this.#listen();
  }

  /** The token held in a slot, if this thread holds it in this generation. */
  heldIn(slot: number, generation: number): SharedSlot | undefined {
    const shared = this.#held.get(slot);
    return shared?.generation === generation ? shared : undefined;
  }

  /** Lets go of a slot. */
  leave(slot: number): void {
    this.#held.delete(slot);
    leaveSlot(this.words, slot, this.entry);
  }

  /** Makes `cause` the one of a held slot, and rings its other holders. @returns The cause that stands (T1). */
  settle(slot: number, cause: CancellationCause): CancellationCause {
    const { words, entry } = this;
    const at = slotAt(slot);
    if (Atomics.load(words, at + CAUSE) === 0) {
      const record = writeCause(words, slot, entry, cause);
      const word = record < 0 ? reasonAlone(cause.reason) : record + 1;
      const won = Atomics.compareExchange(words, at + CAUSE, 0, word) === 0;
      const rung = won && this.#ringOthers(at); // before all else: they wait for it
      if (record >= 0) (won ? publishRecord : dropRecord)(words, record);
      if (rung) this.#insistence.watch();
      if (won) return cause;
    }
    return this.causeIn(slot, cause.token) as CancellationCause;
  }

  /** @returns Whether there are others. */
  #ringOthers(at: number): boolean {
    let rung = false;
    for (const holder of holdersOf(this.words, at)) {
      if (holder === this.entry) continue;
      ring(this.words, holder);
      rung = true;
    }
    return rung;
  }

  /** The cause of the slot of `token`, if it is cancelled. For a slot not held: see {@link lateCause}. */
  causeIn(slot: number, token: TokenIdentity): CancellationCause | undefined {
    const word = Atomics.load(this.words, slotAt(slot) + CAUSE);
    if (word === 0) return undefined;
    return word < 0 ? reviveCause({ reason: reasonOf(word) }) : copyCause(this.words, word - 1, token)();
  }

  /** The cause of a token that nobody holds any more, as long as its slot was not taken again (S3). */
  lateCause(slot: number, generation: number, token: TokenIdentity): CancellationCause | undefined {
    const at = slotAt(slot) + GENERATION;
    if (Atomics.load(this.words, at) !== generation) return undefined;
    const word = Atomics.load(this.words, slotAt(slot) + CAUSE);
    const cause = word > 0 ? copyCause(this.words, word - 1, token) : undefined;
    if (word === 0 || Atomics.load(this.words, at) !== generation) return undefined;
    return cause === undefined ? reviveCause({ reason: reasonOf(word) }) : cause();
  }

  /** Takes in what other threads have cancelled, if the bell rang; `atOnce` as for `takeIn`. */
  receive(atOnce = false): void {
    const bell = bellOf(this.words, this.entry);
    if (bell === this.#heard) return;
    this.#heard = bell;
    const decided: Decided[] = [];
    for (const shared of this.#held.values()) {
      const own = shared.decided();
      if (own.length > 0) decided.push(...own);
    }
    noteHeard(this.words, this.entry, bell);
    if (decided.length > 0) takeIn(decided, atOnce);
  }

  /** Blocks until the bell rings, or `timeoutMs` have passed. */
  waitSync(timeoutMs: number): void {
    waitForBell(this.words, this.entry, this.#heard, timeoutMs);
  }

  /** Lets go of what nobody needs (B3). @returns How many that were. */
  sweep(): number {
    const before = this.#held.size;
    let needed = 0;
    for (const shared of [...this.#held.values()]) if (shared.loosen()) needed++;
    this.#untilSweep = Math.max(SWEEP_EVERY, needed);
    return before - this.#held.size;
  }

  #sweepIfDue(): void {
    if (--this.#untilSweep <= 0) this.sweep();
  }

  #listen(): void {
    while (!this.#listening && this.#held.size > 0) {
      this.#listening = listen(this.words, this.entry, this.#heard, () => {
        this.#listening = false;
        this.receive(true);
        this.#listen();
      });
      if (!this.#listening) this.receive();
    }
  }
}
