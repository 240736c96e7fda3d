/**
 * Insisting: a thread that was rung and has not heard it is woken again.
 *
 *   quiet ──rung──▶ insisting ──all heard, or tried often enough──▶ quiet
 *
 * D2. A lost wake-up delays listeners, and no more than that: what is cancelled reads cancelled all the while.
 * D3. Tries are {@link FIRST_MS} apart, then twice as long each time, and {@link TRIES} at most: a thread that is busy
 *     hears its bell when it looks or comes back to its event loop, without our doing.
 */
import { systemClock } from '../../token/index.ts';
import { isUnheard, wake } from './doorbells.ts';
import { THREADS_MAX } from './layout.ts';

const FIRST_MS = 20;
const TRIES = 7;

/** Sees to it that the threads of one slab hear their bells. */
export class Insistence {
  readonly #words: Int32Array;
  #insisting = false;
  #tries = 0;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Some were rung just now. */
  watch(): void {
    this.#tries = 0;
    if (!this.#insisting) this.#arm();
  }

  #arm(): void {
    this.#insisting = true;
    systemClock.setTimer(() => this.#insist(), FIRST_MS * 2 ** this.#tries);
  }

  #insist(): void {
    let unheard = false;
    for (let entry = 0; entry < THREADS_MAX; entry++) {
      if (!isUnheard(this.#words, entry)) continue;
      unheard = true;
      wake(this.#words, entry); // D2
    }
    this.#insisting = false;
    if (unheard && ++this.#tries < TRIES) this.#arm(); // D3
  }
}
