/**
 * What a token tells monitors of a cancel: that it won, or that it came second or too late (C2).
 */
import type { CancellationCause } from './cause.ts';
import { type Origin, thisOrigin } from './origin.ts';
import { hooks } from './process-state.ts';
import type { CancellationReason } from './reason.ts';
import { CANCELLED, type TreeNode } from './tree.ts';

/** A cancel won, and reached `targets` tokens. */
export function publishCancelled(cause: CancellationCause, targets: number): void {
  if (hooks.cancelRequested === null && hooks.tokenCancelled === null) return;
  const token = cause.token;
  const sourceThread = cause.origin.threadName;
  hooks.cancelRequested?.({ token, reason: cause.reason, result: 'accepted', sourceThread, cause });
  hooks.tokenCancelled?.({ token, cause, targets });
}

/** A cancel changed nothing: late, when the token or its scope has ended, else redundant. */
export function publishRefused(node: TreeNode, reason: CancellationReason, origin: Origin = thisOrigin): void {
  if (hooks.cancelRequested === null) return;
  const redundant = node._state === CANCELLED && node._owner?._settled !== true;
  hooks.cancelRequested({
    token: { id: node.id, name: node.name },
    reason,
    result: redundant ? 'redundant' : 'late',
    sourceThread: origin.threadName,
    cause: undefined,
  });
}
