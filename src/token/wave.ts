/**
 * The walk of one cancel: down the tree, along links, and back over what it marked to run listeners.
 *
 * T2. Mark before notify: every node below is cancelled before any listener runs. The walk is iterative.
 * T3. An outer node's listeners run before an inner one's.
 *
 * A node is made after everything it derives from, so ascending serials are an order in which T3 holds. A tree walked
 * from the top has it for free; where links (`link.ts`) make a graph of it, the notified nodes are sorted.
 */
import { CancellationCause } from './cause.ts';
import { causeOf, deriveCause } from './derived-cause.ts';
import { takeLinks, unlinkUpstream } from './link.ts';
import { processState } from './process-state.ts';
import type { SharedState } from './shared-state.ts';
import { CANCELLED, detach, isLive, type TreeNode } from './tree.ts';

/** One cancel on its way down: what to notify, and what links lead on to. */
export class Wave {
  #targets = 0;
  #markedAt = 0;
  #owners = false;
  /** Whether the nodes to notify are in an order in which T3 holds. */
  #ordered = true;
  #head: TreeNode | null = null;
  #tail: TreeNode | null = null;
  /** Nodes that links led to, each with its cause known, not yet walked. */
  readonly #linked: TreeNode[] = [];

  /** Marks `root`, whose cause is set, and all below it (T2). @returns How many nodes that were. */
  mark(root: TreeNode): number {
    const before = this.#targets;
    this.#ordered &&= before === 0;
    this.#walk(root);
    for (let next = this.#linked.pop(); next !== undefined; next = this.#linked.pop()) {
      this.#ordered = false;
      this.#walk(next);
    }
    if (this.#owners) this.#markedAt = (root._cause as CancellationCause).clock.now();
    return this.#targets - before;
  }

  /** Tells the scopes among the marked nodes, outer before inner, ahead of {@link notify}. */
  deliver(): void {
    if (!this.#ordered) this.#sort();
    for (let node = this.#head; node !== null; node = node._previous) {
      if (node._owner?.token === node) node._owner._delivered(this.#markedAt);
    }
  }

  /** Runs listeners, outer before inner (T3). A node cannot be notified twice: it leaves the list first. */
  notify(): void {
    if (!this.#ordered) this.#sort();
    let node = this.#head;
    this.#head = this.#tail = null;
    while (node !== null) {
      const next: TreeNode | null = node._previous;
      node._previous = null;
      notifyNode(node, this.#markedAt);
      node = next;
    }
  }

  /** Depth first from `root`, without a stack: parents and siblings lead the way back. */
  #walk(root: TreeNode): void {
    let node = root;
    for (;;) {
      this.#markOne(node);
      const child = node._firstChild;
      if (child !== null) {
        node._firstChild = null;
        node = child;
        continue;
      }
      while (node !== root && node._next === null) node = node._parent as TreeNode;
      if (node === root) break;
      const next = node._next as TreeNode;
      node._next = null;
      node = next;
    }
  }

  #markOne(node: TreeNode): void {
    node._state = CANCELLED;
    this.#targets++;
    if (node._parent !== null && node._cause === undefined) processState.heldTokens--;
    if (node._upstream !== null) {
      this.#ordered = false; // what it links up to may come later in this walk
      unlinkUpstream(node);
    }
    if (node._onDemand !== null && node._onDemand.shared !== null) settleShared(node, node._onDemand.shared);
    if (node._links !== null) this.#follow(node);
    node._previous = null;
    const owned = node._owner !== null && node._owner.token === node;
    if (node._listeners === null && !owned) return;
    if (this.#tail === null) this.#head = node;
    else this.#tail._previous = node;
    this.#tail = node;
    this.#owners ||= owned;
  }

  #follow(source: TreeNode): void {
    for (const target of takeLinks(source)) {
      // One under a marked parent is on this wave's way already, and its siblings' list is being taken apart.
      if (!isLive(target) || target._parent?._state === CANCELLED) continue;
      detach(target);
      target._parent = source; // where its cause derives from
      target._cause = deriveCause(target);
      // Marked now, so that a second link to it leads nowhere.
      target._state = CANCELLED;
      this.#linked.push(target);
    }
  }

  #sort(): void {
    this.#ordered = true;
    const nodes: TreeNode[] = [];
    for (let node = this.#head; node !== null; node = node._previous) nodes.push(node);
    nodes.sort((a, b) => a._serial - b._serial);
    this.#head = nodes[0] ?? null;
    this.#tail = nodes.at(-1) ?? null;
    for (let index = 0; index < nodes.length; index++) (nodes[index] as TreeNode)._previous = nodes[index + 1] ?? null;
  }
}

/** Cancels a live `node` with what it is linked to late: a source that was cancelled before. Nobody asks for that anew. */
export function followCancelled(node: TreeNode, source: TreeNode): void {
  detach(node);
  if (node._upstream !== null) unlinkUpstream(node);
  const clock = node._clock;
  const details = { parent: causeOf(source) as CancellationCause, tokenId: node._onDemand?.remote?.id };
  node._cause = new CancellationCause('parent', node._serial, node.name, clock.now(), clock, details);
  const wave = new Wave();
  wave.mark(node);
  wave.notify();
}

/** Tells the other holders of a marked node; the cause of whoever was first stands (T1). */
function settleShared(node: TreeNode, shared: SharedState): void {
  node._cause = shared.settle(causeOf(node) as CancellationCause);
}

/** Tells a marked node's owner, then runs its listeners in order. */
export function notifyNode(node: TreeNode, markedAt: number): void {
  const owner = node._owner;
  if (owner !== null && owner.token === node) owner._delivered(markedAt);
  let registration = node._listeners;
  if (registration === null) return;
  const cause = causeOf(node) as CancellationCause;
  while (registration !== null) {
    node._listeners = registration._next;
    if (registration._next !== null) registration._next._previous = registration._previous;
    registration._next = null;
    registration._node = null;
    processState.listeners--;
    if (owner !== null && !registration._internal) owner._acknowledged('listener');
    registration._run(node, cause);
    registration = node._listeners;
  }
}
