/**
 * Ending a token without cancelling it: everything that hangs on it lets go (T7, T14).
 */
import { moveLinks, unlinkDownstream, unlinkUpstream } from './link.ts';
import { removeRegistration } from './registration.ts';
import { attach, detach, type TreeNode } from './tree.ts';

/** Drops listeners and upward links, and hands children and downward links to the parent; without one they are on their own. */
export function releaseNode(node: TreeNode): void {
  const parent = node._parent;
  for (let child = node._firstChild; child !== null; child = node._firstChild) {
    detach(child);
    if (parent !== null) attach(child, parent);
  }
  if (parent !== null) moveLinks(node, parent);
  detach(node);
  letGo(node);
}

/** Drops listeners, links and what others hold of it. */
export function letGo(node: TreeNode): void {
  node._onDemand?.shared?.release();
  if (node._upstream !== null) unlinkUpstream(node);
  if (node._links !== null) unlinkDownstream(node);
  for (let listener = node._listeners; listener !== null; listener = node._listeners)
    removeRegistration(node, listener);
}
