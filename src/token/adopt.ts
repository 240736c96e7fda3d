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
  readonly #signal: AbortSignal;
  readonly #aborted = (): void => this.#cancelAll();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#aborted, { once: true });
    processState.adopted.set(signal, this);
  }

  _linksEmptied(): void {
    this.#signal.removeEventListener('abort', this.#aborted);
    processState.adopted.delete(this.#signal);
  }

  #cancelAll(): void {
    processState.adopted.delete(this.#signal);
    cancelForeign(takeLinks(this), this.#signal);
  }
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
