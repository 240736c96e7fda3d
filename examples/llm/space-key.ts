/**
 * SPACE, as a switch: each press cancels the token that waits for it, on the thread that reads the keys.
 *
 * S1. A press while no token waits is owed to the next one: none is lost between two segments. Two of them undo each
 *     other, as a pause and a resume do.
 */
import type { CancellationToken } from 'cancelscope';

/** Where presses go. It is used by the thread that reads the keys. */
export class SpaceKey {
  #waiting: CancellationToken | undefined;
  #owed = false;

  /** From now on, the next press cancels `token`; at once, if one is owed (S1). */
  arm(token: CancellationToken): void {
    this.#waiting = token;
    if (!this.#owed) return;
    this.#owed = false;
    this.press();
  }

  /** SPACE was pressed. */
  press(): void {
    const taken = this.#waiting?.cancel('manual', 'SPACE') === true;
    if (!taken) this.#owed = !this.#owed;
  }
}
