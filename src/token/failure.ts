/**
 * Failures of code that runs because of a cancel: listeners, triggers, disposers. They are reported, never thrown (T4).
 */
import { hooks } from './process-state.ts';
import type { TreeNode } from './tree.ts';

/** Tells monitors that something of `node`'s threw or rejected. */
export function reportFailure(node: TreeNode, error: unknown): void {
  hooks.listenerFailed?.({
    token: { id: node.id, name: node.name },
    scopeName: node._owner?.name,
    error,
  });
}
