/**
 * What is remembered of tokens that nothing in this process stands for: the other side may still speak of them, and a
 * handle may still be on its way.
 *
 * W1. A cancel that comes before its token is attached is kept for it: work that has not started yet is cancelled too.
 * W2. Of a token that was attached and has ended, its cause is kept, or that it ended without one.
 * W3. At most 10,000 are remembered. The oldest makes room; a cancel that no work has seen is counted then, and the first
 *     one reported.
 */
import type { CancellationCause } from '../../token/index.ts';
import { reportCrossing } from './crossing.ts';

/** What became of a cancel here. */
export const CANCEL_RESULTS = ['cancelled', 'already', 'kept', 'ended'] as const;

/** It was carried out; came second; waits for its token; came after the end of it. */
export type CancelResult = (typeof CANCEL_RESULTS)[number];

interface Remembered {
  readonly cause: CancellationCause | undefined;
  /** Whether its token was attached here. */
  readonly attached: boolean;
}

const ROOM = 10_000;

/** Those of one other process. */
export class KeptCancels {
  readonly #tokens = new Map<string, Remembered>();

  /** How many tokens are remembered. */
  get size(): number {
    return this.#tokens.size;
  }

  /** Keeps a cancel (W1). @returns What to answer. */
  keep(id: string, cause: CancellationCause): CancelResult {
    const known = this.#tokens.get(id);
    if (known?.cause !== undefined) return 'already';
    this.#remember(id, { cause, attached: known !== undefined });
    return known === undefined ? 'kept' : 'ended';
  }

  /** Notes that an attached token was cancelled, or without a cause, that it ended (W2). */
  end(id: string, cause: CancellationCause | undefined): void {
    this.#remember(id, { cause, attached: true });
  }

  /** Why a token is cancelled, if it is known to be. */
  causeOf(id: string): CancellationCause | undefined {
    return this.#tokens.get(id)?.cause;
  }

  /** The other side lets go of a token without a cancel: none will come. */
  forget(id: string): void {
    if (this.causeOf(id) === undefined) this.#tokens.delete(id);
  }

  clear(): void {
    this.#tokens.clear();
  }

  #remember(id: string, remembered: Remembered): void {
    this.#tokens.delete(id); // the newest is the last
    this.#tokens.set(id, remembered);
    if (this.#tokens.size <= ROOM) return;
    for (const [oldest, { cause, attached }] of this.#tokens) {
      this.#tokens.delete(oldest);
      if (cause !== undefined && !attached) reportLost(cause); // W3
      return;
    }
  }
}

const warned = { once: false };

function reportLost(cause: CancellationCause): void {
  reportCrossing(cause.token.name, 'dropped');
  if (warned.once) return;
  warned.once = true;
  process.emitWarning(
    'Cancels arrive for tokens that nobody here attaches; the oldest are dropped to make room. Attach a token before ' +
      'its work waits in a queue, or share tokens only with the process that works for them.',
    { type: 'CancelScopeWarning', code: 'CANCELSCOPE_KEPT_CANCELS' },
  );
}
