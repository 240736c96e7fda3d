/**
 * Cancels decided elsewhere: by another thread or process, taken in here.
 *
 * F3. T2 holds: all are marked, and their scopes told, before this returns. Listeners run in a microtask of their own:
 *     whoever merely looked at a token has nobody's code run on its stack. Where nobody's is on it, they run at once.
 */
import type { CancellationCause } from './cause.ts';
import { unlinkUpstream } from './link.ts';
import { detach, isLive, type TreeNode } from './tree.ts';
import { Wave } from './wave.ts';

/** A token, and the cause that was decided on for it. */
export type Decided = readonly [node: TreeNode, cause: CancellationCause];

const waiting: Wave[] = [];

/**
 * Marks each node with its cause; one that has ended or is cancelled stays as it is.
 *
 * @param atOnce - Whether this is called by nobody's code, so that listeners may run before it returns (F3).
 */
export function takeIn(decided: Iterable<Decided>, atOnce = false): void {
  const live = [...decided].filter(([node]) => isLive(node));
  for (const [node, cause] of live) {
    detach(node);
    if (node._upstream !== null) unlinkUpstream(node);
    node._cause = cause;
  }
  const wave = new Wave();
  for (const [node] of live) wave.mark(node);
  wave.deliver();
  waiting.push(wave);
  if (atOnce) notifyWaiting();
  else if (waiting.length === 1) queueMicrotask(notifyWaiting); // F3
}

function notifyWaiting(): void {
  for (let wave = waiting.shift(); wave !== undefined; wave = waiting.shift()) wave.notify();
}
