/**
 * Causes of tokens that were cancelled through another one: made when first asked for.
 */
import { CancellationCause } from './cause.ts';
import { CANCELLED, type TreeNode } from './tree.ts';

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
export function deriveCause(node: TreeNode): CancellationCause {
  const parent = causeOf(node._parent as TreeNode) as CancellationCause;
  const foreign = parent.foreignOrigin;
  return new CancellationCause('parent', node._serial, node.name, parent.at, parent.clock, {
    parent,
    origin: foreign,
    ...(foreign !== undefined && { wallTime: parent.wallTime, monotonicNs: parent.monotonicNs }),
    tokenId: node._onDemand?.remote?.id,
  });
}
