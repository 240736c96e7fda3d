/**
 * Whether a cancel of a token would be noticed by anybody who does not hold the token itself.
 */
import { getEventListeners } from 'node:events';
import type { CancellationToken } from '../../token/index.ts';

/** Whether listeners, children, links, a promise or listeners of its signal hang on it. */
export function isNeeded(token: CancellationToken): boolean {
  if (token._firstChild !== null || token._links !== null) return true;
  for (let listener = token._listeners; listener !== null; listener = listener._next) {
    if (!listener._internal) return true;
  }
  const controller = token._onDemand?.controller;
  return controller != null && getEventListeners(controller.signal, 'abort').length > 0;
}
