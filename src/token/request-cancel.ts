/**
 * One call of `cancel`, from the question whether it wins to the last listener.
 *
 * T1. The first one wins; later ones change nothing and are counted (C2).
 * T2. When this returns, everything below is marked and notified.
 */
import { type CauseDetails, CancellationCause, type SpanContextData } from './cause.ts';
import { unlinkUpstream } from './link.ts';
import { hooks, processState } from './process-state.ts';
import { takeIn } from './foreign-cancel.ts';
import type { Origin } from './origin.ts';
import { publishCancelled, publishRefused } from './publish.ts';
import { type CancellationReason, isCancellationReason } from './reason.ts';
import { receiveFor } from './shared-state.ts';
import { boundedText, MESSAGE_LIMIT } from './text.ts';
import { CANCELLED, detach, isLive, type TreeNode } from './tree.ts';
import { notifyNode, Wave } from './wave.ts';

/**
 * Cancels `node`, if it is live; for `origin`, where `span` is active, if another thread or process asks for it.
 * Whatever it is given, it does not throw. @returns Whether this call won.
 */
export function requestCancel(
  node: TreeNode,
  reason: CancellationReason,
  message?: string,
  via?: readonly string[],
  parent?: CancellationCause,
  origin?: Origin,
  span?: SpanContextData,
): boolean {
  if (reason !== 'manual' && !isCancellationReason(reason)) {
    message ??= reason; // R0
    reason = 'manual';
  }
  receiveFor(node); // H2
  if (!isLive(node)) return refuse(node, reason, origin);
  const clock = node._clock;
  const shared = node._onDemand?.shared;
  const details = detailsOf(node, reason, message, via, parent, origin, span);
  const cause = new CancellationCause(reason, node._serial, node.name, clock.now(), clock, details);
  if (!isLive(node)) return refuse(node, reason, origin); // reading the message, span or clock cancelled it (T1)
  if (shared != null) {
    const standing = shared.settle(cause);
    if (standing !== cause) {
      takeIn([[node, standing]]);
      return refuse(node, reason, origin);
    }
  }
  detach(node);
  if (node._upstream !== null) unlinkUpstream(node);
  node._cause = cause;
  if (node._firstChild === null && node._links === null) {
    node._state = CANCELLED;
    publishCancelled(cause, 1);
    notifyNode(node, node._owner?.token === node ? clock.now() : 0);
    return true;
  }
  const wave = new Wave();
  publishCancelled(cause, wave.mark(node));
  wave.notify();
  return true;
}

function refuse(node: TreeNode, reason: CancellationReason, origin: Origin | undefined): false {
  publishRefused(node, reason, origin);
  return false;
}

/** Whether a clock cancelled: the span active in a timer is whoever set it, not a canceller (C1). */
function isByClock(reason: CancellationReason): boolean {
  return reason === 'timeout' || reason === 'deadline';
}

/** What few cancels have; undefined for the plain ones, which then allocate nothing for it. */
function detailsOf(
  node: TreeNode,
  reason: CancellationReason,
  message: unknown,
  via: readonly string[] | undefined,
  parent: CancellationCause | undefined,
  origin: Origin | undefined,
  span: SpanContextData | undefined,
): CauseDetails | undefined {
  const { callSites } = processState;
  const spanContext = origin !== undefined || isByClock(reason) ? span : hooks.spanContext?.();
  const tokenId = node._onDemand?.remote?.id;
  const plain = message === undefined && via === undefined && parent === undefined && spanContext === undefined;
  if (plain && tokenId === undefined && origin === undefined && !callSites) return undefined;
  return {
    message: message === undefined ? undefined : boundedText(message, MESSAGE_LIMIT),
    via,
    parent,
    spanContext,
    tokenId,
    origin,
    callSite: callSites ? new Error('cancelled here').stack : undefined,
  };
}
