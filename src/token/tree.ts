/**
 * The tree of tokens: nodes, and the intrusive lists of their children.
 *
 * T14. A live parent holds its children; nothing here is weak. Cancelling dissolves what is below (`wave.ts`).
 * T15. What derives from a watched node is watched. All others are read without looking elsewhere, and cost nothing for it.
 */
import type { CancellationCause } from './cause.ts';
import type { Clock } from './clock.ts';
import type { Link, LinkSource } from './link.ts';
import type { OnDemand } from './on-demand.ts';
import { processState } from './process-state.ts';
import type { Registration } from './registration.ts';

/**
 *   live ────────cancel──▶ cancelled
 *    │ └─share──▶ watched ─┤
 *    └────────dispose──▶ disposed
 */
export const LIVE = 0;
/** Live too, but another thread may have cancelled it, or what it derives from: whoever reads it looks there (T15). */
export const WATCHED = 1;
export const CANCELLED = 2;
export const DISPOSED = 3;

/** Where a token is in its life. Numbers, because the flag check is the hottest line there is. */
export type NodeState = typeof LIVE | typeof WATCHED | typeof CANCELLED | typeof DISPOSED;

/** Whether it is neither cancelled nor disposed, as far as this isolate knows. */
export function isLive(node: TreeNode): boolean {
  return node._state <= WATCHED;
}

/** Makes a live node watched, and all that derives from it (T15). */
export function watch(node: TreeNode): void {
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next._state !== LIVE) continue;
    next._state = WATCHED;
    for (let child = next._firstChild; child !== null; child = child._next) open.push(child);
    for (let link = next._links; link !== null; link = link.next) open.push(link.target);
  }
}

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
  _onDemand: OnDemand | null;
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
  if (parent._state === WATCHED) watch(node); // T15
  parent._onDemand?.shared?.keep();
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
