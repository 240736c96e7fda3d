/**
 * Whether observed code listens to its signal. Node tells how many listeners a signal has, and not whose they are.
 *
 * F7. A listener is known to be the code's own when it came in the code's first synchronous steps, or while no other
 *     observed work used the signal. What is not known is not claimed; that the code looked at `aborted` cannot be known.
 */
import { getEventListeners } from 'node:events';
import type { AdoptedSignal } from './adopt.ts';
import { processState } from './process-state.ts';

/** So many works on one signal are told apart. Counting listeners takes longer the more there are. */
const MOST_WORKS = 100;

/** The listeners of one observed work; made right before the code is called, when its scope is linked to the signal. */
export class ObservedListeners {
  readonly #signal: AbortSignal;
  readonly #source: AdoptedSignal;
  /** Which of the works on the signal it is; 0 when others were at it before. */
  readonly #firstAs: number;
  readonly #before: number;
  /** Whether one came in its first steps; undefined during those. */
  #cameAtOnce: boolean | undefined;

  constructor(signal: AbortSignal, source: AdoptedSignal) {
    this.#signal = signal;
    this.#source = source;
    source.worksBegun++;
    this.#firstAs = source.worksOpen++ === 0 ? source.worksBegun : 0;
    this.#before = this.#count();
  }

  /** The code's first synchronous steps are over. */
  started(): void {
    this.#cameAtOnce = this.#count() > this.#before;
  }

  /** The work has ended. */
  ended(): void {
    this.#source.worksOpen--;
  }

  /** Whether a listener of the code's own is about to hear of the abort. Asked when ours hears of it. */
  get hear(): boolean {
    if (!this.#signal.aborted) return false;
    const now = getEventListeners(this.#signal, 'abort').length; // ours has left
    const alone = this.#firstAs === this.#source.worksBegun;
    return alone || this.#cameAtOnce === undefined ? now > this.#before : this.#cameAtOnce && now > 0;
  }

  /** How many listeners others have on the signal. */
  #count(): number {
    return getEventListeners(this.#signal, 'abort').length - 1;
  }
}

/** The listeners of work that is about to begin; undefined on a signal that has aborted, is a token's, or is too crowded. */
export function listenersOfNext(signal: AbortSignal): ObservedListeners | undefined {
  const source = processState.adopted.get(signal);
  return source !== undefined && source.worksOpen < MOST_WORKS ? new ObservedListeners(signal, source) : undefined;
}
