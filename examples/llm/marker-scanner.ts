/**
 * Finds the marker by which the model asks for a pause, in text that comes in pieces cut anywhere.
 *
 * M1. The marker is never shown, however it was cut.
 * M2. Text is shown as soon as it cannot be the start of a marker: at most one character less than a marker is held back.
 * M3. Text behind a marker is not shown before the pause is over, and is not lost: it is pushed back.
 * M4. A marker that never completes is text.
 */

/** What the model writes when it wants the reader to decide whether it goes on. */
export const PAUSE_MARKER = '!!CANCEL';

/** What a piece came to. */
export interface Scanned {
  /** What may be shown now. */
  readonly show: string;
  /** Whether the marker came behind it: nothing more is shown until {@link MarkerScanner.resume}. */
  readonly paused: boolean;
}

/** Takes the pieces of one answer, in order, over all its segments. */
export class MarkerScanner {
  readonly #marker: string;
  #held = '';
  #paused = false;

  constructor(marker: string = PAUSE_MARKER) {
    this.#marker = marker;
  }

  /** How many characters have come and may not be shown yet. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes a piece. While paused it only keeps it (M3). */
  push(piece: string): Scanned {
    this.#held += piece;
    return this.#paused ? { show: '', paused: true } : this.#scan();
  }

  /** Goes on behind the marker; what was pushed back may hold the next one. Not paused, it changes nothing. */
  resume(): Scanned {
    this.#paused = false;
    return this.#scan();
  }

  /** The answer is over: gives what was held back as the possible start of a marker (M4); nothing while paused (M3). */
  end(): string {
    if (this.#paused) return '';
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  #scan(): Scanned {
    const found = this.#held.indexOf(this.#marker);
    this.#paused = found !== -1;
    const until = this.#paused ? found : this.#held.length - this.#possibleStart();
    const show = this.#held.slice(0, until);
    this.#held = this.#held.slice(this.#paused ? until + this.#marker.length : until);
    return { show, paused: this.#paused };
  }

  /** How many of the last characters may become a marker (M2). */
  #possibleStart(): number {
    let length = Math.min(this.#held.length, this.#marker.length - 1);
    while (!this.#held.endsWith(this.#marker.slice(0, length))) length--;
    return length;
  }
}
