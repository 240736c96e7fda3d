/**
 * Foreign AbortSignals as sources of links.
 *
 * T11. One listener on a foreign signal however many tokens derive from it; it is removed when the last one leaves.
 */
import { cancelTogether } from './cancel-together.ts';
import { readForeignReason } from './foreign-reason.ts';
import { Link, type LinkSource, type Quorum, takeLinks } from './link.ts';
import { processState } from './process-state.ts';
import type { TreeNode } from './tree.ts';

/** A foreign signal that tokens derive from. */
export class AdoptedSignal implements LinkSource {
  _links: Link | null = null;
  /** Observed work that uses the signal now, and since it was adopted (F7). */
  worksOpen = 0;
  worksBegun = 0;
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', heard, { once: true });
    processState.adopted.set(signal, this);
  }

  _linksEmptied(): void {
    this.#signal.removeEventListener('abort', heard);
    processState.adopted.delete(this.#signal);
  }

  _cancelAll(): void {
    processState.adopted.delete(this.#signal);
    cancelForeign(takeLinks(this), this.#signal);
  }
}

/** The listener, one function for all signals: as many closures would be a tenth of what a listened-to signal takes. */
function heard(this: unknown): void {
  processState.adopted.get(this as AbortSignal)?._cancelAll();
}

/**
 * Cancels, as one event, what derives from an aborted signal and has not heard of it: a listener of somebody else's came
 * before ours and asks, or kept the event from it.
 */
export function noticeAbort(signal: AbortSignal): void {
  const source = processState.adopted.get(signal);
  source?._linksEmptied();
  source?._cancelAll();
}

/** Makes `signal` cancel `node`; at once, when it has aborted. */
export function linkSignal(signal: AbortSignal, node: TreeNode, quorum: Quorum | null): void {
  if (signal.aborted) {
    if (quorum === null || --quorum.missing === 0) cancelForeign([node], signal);
    return;
  }
  new Link(processState.adopted.get(signal) ?? new AdoptedSignal(signal), node, quorum);
}

function cancelForeign(targets: readonly TreeNode[], signal: AbortSignal): void {
  const { reason, message, parent } = readForeignReason(signal.reason);
  cancelTogether(targets, reason, { message, parent, via: parent === undefined ? ['AbortSignal'] : undefined });
}
