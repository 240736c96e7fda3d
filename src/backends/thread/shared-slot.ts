/**
 * One token of this thread whose state is in a slot.
 *
 * B4. Once it is cancelled or released nothing here touches the slot again: it may be another token's by then.
 */
import {
  type CancellationCause,
  type CancellationToken,
  type Decided,
  type SharedState,
  takeIn,
} from '../../token/index.ts';
import { isNeeded } from '../is-needed.ts';
import { CAUSE, slotAt } from './layout.ts';
import type { Slab } from './slab.ts';
import { threadInbox } from './thread-inbox.ts';

/** A thread can wait for one bell; where it has several, it looks at the others this often. */
const SLICE_MS = 10;

const NOTHING: readonly Decided[] = [];

/** Lets go of the slots of tokens the program has dropped (B3). */
const dropped = new FinalizationRegistry((shared: SharedSlot) => {
  if (shared.token === undefined) shared.release();
});

/** Connects a token with its slot. */
export class SharedSlot implements SharedState {
  readonly slab: Slab;
  readonly slot: number;
  readonly generation: number;
  readonly #words: Int32Array;
  readonly #causeAt: number;
  readonly #weak: WeakRef<CancellationToken>;
  /** Set while something may hang on the token (B3). */
  #strong: CancellationToken | null;
  #ended = false;

  constructor(slab: Slab, slot: number, generation: number, token: CancellationToken) {
    this.slab = slab;
    this.slot = slot;
    this.generation = generation;
    this.#words = slab.words;
    this.#causeAt = slotAt(slot) + CAUSE;
    this.#weak = new WeakRef(token);
    this.#strong = token;
  }

  /** The token, unless the program has dropped it. */
  get token(): CancellationToken | undefined {
    return this.#strong ?? this.#weak.deref();
  }

  settle(cause: CancellationCause): CancellationCause {
    if (this.#ended) return cause;
    const standing = this.slab.settle(this.slot, cause);
    this.release();
    return standing;
  }

  get isDecided(): boolean {
    return this.#words[this.#causeAt] !== 0;
  }

  look(): void {
    const decided = this.decided();
    if (decided.length > 0) takeIn(decided);
  }

  /** The token with its cause, if another thread has cancelled it; the slot is let go of then. */
  decided(): readonly Decided[] {
    if (this.#ended || !this.isDecided) return NOTHING;
    const { token } = this;
    const cause = token && this.slab.causeIn(this.slot, token);
    this.release();
    return token === undefined || cause === undefined ? NOTHING : [[token, cause]];
  }

  keep(): void {
    this.#strong ??= this.#weak.deref() ?? null;
  }

  /**
   * Holds the token weakly if nothing hangs on it, and lets go of the slot if the program has dropped it.
   *
   * @returns Whether something hangs on it.
   */
  loosen(): boolean {
    const { token } = this;
    if (token === undefined) {
      this.release();
      return false;
    }
    const needed = isNeeded(token);
    if (!needed && this.#strong !== null) {
      this.#strong = null;
      dropped.register(token, this);
    }
    return needed;
  }

  /** Leaves the slot to another one for the same token: this one's was dropped by the program, and is asked for again. */
  handOver(): void {
    this.#ended = true;
  }

  release(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#strong = null;
    this.slab.leave(this.slot);
  }

  waitSync(timeoutMs: number): void {
    this.slab.waitSync(threadInbox.slabs.length > 1 ? Math.min(timeoutMs, SLICE_MS) : timeoutMs);
  }
}
