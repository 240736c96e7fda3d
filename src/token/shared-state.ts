/**
 * Tokens that others hold too: what the token layer asks of the backend that holds their state.
 *
 * H1. The backend decides who wins (T1); whoever loses takes over the cause that stands.
 * H2. Before a token is looked at that another thread may have cancelled, or what it derives from, what was cancelled
 *     elsewhere is taken in: reading needs no loop turn (T8). Other tokens have nothing to do with it (T15).
 * H4. That nothing has arrived is read without `Atomics.load`, a call that costs several times the rest of a check. What
 *     happened before is seen all the same; a loop that does nothing but check sees a cancel because V8 reads typed arrays
 *     anew each time, which a test holds it to.
 */
import type { CancellationCause, SpanContextData } from './cause.ts';
import { processState } from './process-state.ts';
import { CANCELLED, isLive, type NodeState, type TreeNode, WATCHED } from './tree.ts';

/** The state of one token, held where others reach it. Nothing here throws. */
export interface SharedState {
  /** Makes `cause` the cause for all holders. @returns The cause that stands: another one, if somebody was first (H1). */
  settle(cause: CancellationCause): CancellationCause;
  /** Whether there is something to {@link look} at; missing where there never is. Cheap (H4). */
  readonly isDecided?: boolean;
  /** Takes in a cancel by another holder, if there was one. */
  look(): void;
  /** Something hangs on the token now, so a cancel must find it, whether or not the program still refers to it. */
  keep(): void;
  /** This holder lets go of it. */
  release(): void;
  /** Blocks until there is something to {@link look} at, or `timeoutMs` have passed; missing where that cannot be. */
  readonly waitSync?: ((timeoutMs: number) => void) | undefined;
}

/** A scope of another thread or process. */
export interface RemoteScope {
  readonly id: string;
  readonly name: string;
  /** Its trace position, if a monitor there knows of spans. */
  readonly span?: SpanContextData | undefined;
}

/** What a token that came from elsewhere is known by there. */
export interface RemoteIdentity {
  readonly id: string;
  /** The scope it belongs to there, if any. */
  readonly scope: RemoteScope | undefined;
}

/** Where cancels by other holders arrive. */
export interface Inbox {
  /** Its first word is not {@link heard} when something has arrived (H4). */
  readonly bell: Int32Array;
  readonly heard: number;
  /** Takes in all that has arrived. */
  receive(): void;
}

/** Takes in what was cancelled elsewhere (H2). */
export function receive(): void {
  const { inbox } = processState;
  if (inbox !== null && inbox.bell[0] !== inbox.heard) inbox.receive();
}

/** The same, if it can matter to `node`. */
export function receiveFor(node: TreeNode): void {
  if (node._state === WATCHED) receive();
}

/** Whether a token is cancelled, here or elsewhere (H2). */
export function isCancelledNow(node: TreeNode): boolean {
  if (node._state !== WATCHED) return node._state === CANCELLED;
  receive();
  const shared = node._onDemand?.shared;
  if (shared?.isDecided === true) shared.look();
  return (node._state as NodeState) === CANCELLED;
}

/** The nearest state that can be waited for and can cancel `node`: its own, or that of one it derives from. */
export function sharedStateAbove(node: TreeNode): SharedState | undefined {
  const seen = new Set<TreeNode>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const shared = isLive(next) ? next._onDemand?.shared : undefined;
    if (shared?.waitSync !== undefined) return shared;
    if (seen.has(next)) continue;
    seen.add(next);
    if (next._parent !== null) open.push(next._parent);
    for (let link = next._upstream; link !== null; link = link.nextUp) {
      if (link.source !== null && '_serial' in link.source) open.push(link.source as TreeNode);
    }
  }
  return undefined;
}
