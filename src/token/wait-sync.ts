/**
 * Waiting for a cancel with the thread blocked: for workers whose work is synchronous.
 *
 * W1. Only where somebody else can end it: off the main thread, on a token that another thread can reach.
 */
import { isMainThread } from 'node:worker_threads';
import { systemClock } from './clock.ts';
import { checkedMs } from './deadline.ts';
import { UnsupportedError } from './errors.ts';
import { isCancelledNow, sharedStateAbove } from './shared-state.ts';
import type { TreeNode } from './tree.ts';

/** Blocks until `node` is cancelled, or `timeoutMs` have passed. @returns Whether it is. @throws {UnsupportedError} W1. */
export function waitSync(node: TreeNode, timeoutMs: number): boolean {
  const endsAt = systemClock.now() + checkedMs('timeoutMs', timeoutMs);
  if (isCancelledNow(node)) return true;
  if (isMainThread) {
    throw new UnsupportedError('waitSync blocks its thread, and the main one must not be: await whenCancelled() there');
  }
  const shared = sharedStateAbove(node);
  if (shared?.waitSync === undefined) {
    throw new UnsupportedError(
      `waitSync on "${node.name}" would last for ever: no other thread can cancel it. Wait on a token of attachToken(handle)`,
    );
  }
  for (;;) {
    const leftMs = endsAt - systemClock.now();
    if (leftMs > 0) shared.waitSync(leftMs);
    if (shared === node._onDemand?.shared && shared.isDecided === true) return true; // taken in when somebody looks
    if (isCancelledNow(node)) return true;
    if (leftMs <= 0) return false;
  }
}
