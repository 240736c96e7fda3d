/**
 * Cancelling several tokens as one event: all are marked before any listener runs (T2).
 */
import { type CauseDetails, CancellationCause } from './cause.ts';
import { unlinkUpstream } from './link.ts';
import { hooks } from './process-state.ts';
import { publishCancelled, publishRefused } from './publish.ts';
import type { CancellationReason } from './reason.ts';
import { receive } from './shared-state.ts';
import { detach, isLive, type TreeNode } from './tree.ts';
import { Wave } from './wave.ts';

/** Cancels those of `nodes` that are live, each with a cause of its own, at one instant. */
export function cancelTogether(
  nodes: Iterable<TreeNode>,
  reason: CancellationReason,
  details: Omit<CauseDetails, 'spanContext'>,
): void {
  const spanContext = hooks.spanContext?.();
  receive();
  const live = [...new Set(nodes)].filter(isLive);
  const [first] = live;
  if (first === undefined) return;
  const at = first._clock.now();
  const causes = live.map((node) => {
    detach(node);
    if (node._upstream !== null) unlinkUpstream(node);
    const tokenId = node._onDemand?.remote?.id;
    const all = { ...details, spanContext, tokenId };
    return (node._cause = new CancellationCause(reason, node._serial, node.name, at, first._clock, all));
  });
  const wave = new Wave();
  const targets = live.map((node) => wave.mark(node));
  for (const [index, node] of live.entries()) {
    const cause = causes[index] as CancellationCause;
    if (node._cause === cause) publishCancelled(cause, targets[index] as number);
    else publishRefused(node, reason); // another thread was first
  }
  wave.notify();
}
