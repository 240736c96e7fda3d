/**
 * Cancelling several tokens as one event: all are marked before any listener runs (T2).
 */
import { type CauseDetails, CancellationCause } from './cause.ts';
import { unlinkUpstream } from './link.ts';
import { hooks } from './process-state.ts';
import { publishCancelled } from './publish.ts';
import type { CancellationReason } from './reason.ts';
import { detach, LIVE, type TreeNode, Wave } from './tree.ts';

/** Cancels those of `nodes` that are live, each with a cause of its own, at one instant. */
export function cancelTogether(
  nodes: Iterable<TreeNode>,
  reason: CancellationReason,
  details: Omit<CauseDetails, 'spanContext'>,
): void {
  const spanContext = hooks.spanContext?.();
  const live = [...new Set(nodes)].filter((node) => node._state === LIVE);
  const [first] = live;
  if (first === undefined) return;
  const at = first._clock.now();
  for (const node of live) {
    detach(node);
    if (node._upstream !== null) unlinkUpstream(node);
    node._cause = new CancellationCause(reason, node._serial, node.name, at, first._clock, { ...details, spanContext });
  }
  const wave = new Wave();
  const targets = live.map((node) => wave.mark(node));
  for (const [index, node] of live.entries())
    publishCancelled(node._cause as CancellationCause, targets[index] as number);
  wave.notify();
}
