/**
 * The tree of tokens: intrusive lists of children, and the walk that cancels.
 *
 * T2. Mark before notify: every node below is cancelled before any listener runs. The walk is iterative.
 * T3. An outer node's listeners run before an inner one's.
 * T14. A live parent holds its children; nothing here is weak. Cancelling dissolves what is below.
 *
 * A node is made after everything it derives from, so ascending serials are an order in which T3 holds. A tree walked
 * from the top has it for free; where links (`link.ts`) make a graph of it, the notified nodes are sorted.
 */
import { CancellationCause } from './cause.ts';
import type { Clock } from './clock.ts';
import { type Link, type LinkSource, takeLinks, unlinkUpstream } from './link.ts';
import { processState } from './process-state.ts';
import type { Registration } from './registration.ts';

/**
 *   live ──cancel──▶ cancelled
 *     └───dispose──▶ disposed
 */
export const LIVE = 0;
export const CANCELLED = 1;
export const DISPOSED = 2;

/** Where a token is in its life. Numbers, because the flag check is the hottest line there is. */
export type NodeState = typeof LIVE | typeof CANCELLED | typeof DISPOSED;

/** Whose work nodes are: a scope. It is told when its own node is cancelled, and when its code reacts. Nothing throws. */
export interface NodeOwner {
  readonly name: string;
  /** Its own node; those below are its work too. */
  readonly token: TreeNode;
  /** Its node was marked at `markedAt`, on its cause's clock; listeners have not run. */
  _delivered(markedAt: number): void;
  /** The first listener of its node is about to run. */
  _acknowledged(mechanism: 'listener' | 'poll' | 'throw' | 'await'): void;
  /** Whether it has ended. */
  readonly _settled: boolean;
}

/** What the tree needs of a token. */
export interface TreeNode extends LinkSource {
  readonly id: string;
  readonly name: string;
  _state: NodeState;
  readonly _serial: number;
  _clock: Clock;
  /** The node it hangs under; once cancelled, the one its cause derives from. */
  _parent: TreeNode | null;
  /** Previous sibling (of the first, the last). Once cancelled: the next node to notify. */
  _previous: TreeNode | null;
  _next: TreeNode | null;
  _firstChild: TreeNode | null;
  /** Children taken on since one last left. */
  _grown: number;
  /** Links up to what else can cancel it. */
  _upstream: Link | null;
  _listeners: Registration | null;
  /** The nearest scope: the one this is the token of, or the one above. */
  _owner: NodeOwner | null;
  _cause: CancellationCause | undefined;
}

/** So many children taken on with none ever leaving is reported, once a parent. */
const GROWTH_LIMIT = 10_000;

/** Hangs a new live node under a live parent. */
export function attach(node: TreeNode, parent: TreeNode): void {
  node._parent = parent;
  const first = parent._firstChild;
  if (first === null) {
    parent._firstChild = node;
    node._previous = node;
  } else {
    const last = first._previous as TreeNode;
    last._next = node;
    node._previous = last;
    first._previous = node;
  }
  processState.heldTokens++;
  if (++parent._grown === GROWTH_LIMIT) warnOfGrowth(parent);
}

function warnOfGrowth(parent: TreeNode): void {
  process.emitWarning(
    `Token "${parent.name}" has taken on ${GROWTH_LIMIT} children and none has left. ` +
      'Dispose children that outlived their use (using child = token.child()), or make them from a shorter-lived token.',
    { type: 'CancelScopeWarning', code: 'CANCELSCOPE_CHILD_LEAK' },
  );
}

/** Takes a node from under its parent, if it has one. */
export function detach(node: TreeNode): void {
  const parent = node._parent;
  if (parent === null) return;
  const { _next: next, _previous: previous } = node;
  const first = parent._firstChild as TreeNode;
  if (node === first) parent._firstChild = next;
  else (previous as TreeNode)._next = next;
  if (next !== null) next._previous = previous;
  else if (node !== first) first._previous = previous;
  node._parent = null;
  node._next = null;
  node._previous = null;
  if (parent._grown < GROWTH_LIMIT) parent._grown = 0; // else it has been reported
  processState.heldTokens--;
}

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
      if (target._state !== LIVE || target._parent?._state === CANCELLED) continue;
      detach(target);
      target._parent = source; // where its cause derives from
      target._cause = deriveCause(target);
      // Marked now, so that a second link to it leads nowhere.
      target._state = CANCELLED;
      this.#linked.push(target);
    }
  }

  #sort(): void {
    const nodes: TreeNode[] = [];
    for (let node = this.#head; node !== null; node = node._previous) nodes.push(node);
    nodes.sort((a, b) => a._serial - b._serial);
    this.#head = nodes[0] ?? null;
    this.#tail = nodes.at(-1) ?? null;
    for (let index = 0; index < nodes.length; index++) (nodes[index] as TreeNode)._previous = nodes[index + 1] ?? null;
  }
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

/** The cause of a cancelled node; of one that was cancelled through its parent, made when first asked for. */
export function causeOf(node: TreeNode): CancellationCause | undefined {
  if (node._cause !== undefined || node._state !== CANCELLED) return node._cause;
  // The way up may be 100,000 long, so: collect, then derive from the top.
  const path: TreeNode[] = [];
  let top: TreeNode = node;
  while (top._cause === undefined && top._parent !== null) {
    path.push(top);
    top = top._parent;
  }
  for (let below = path.pop(); below !== undefined; below = path.pop()) below._cause = deriveCause(below);
  return node._cause;
}

/** The cause of a node cancelled through the one above it. */
function deriveCause(node: TreeNode): CancellationCause {
  const parent = causeOf(node._parent as TreeNode) as CancellationCause;
  return new CancellationCause('parent', node._serial, node.name, parent.at, parent.clock, { parent });
}
