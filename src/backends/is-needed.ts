/**
 * Whether a cancel of a token would be noticed by anybody who does not hold the token itself.
 */
import type { CancellationToken } from '../token/index.ts';

/**
 * Whether listeners, children, links or a promise hang on it, or its signal was asked for: whether anybody waits for a
 * signal cannot be told, for `AbortSignal.any` listens to it in secret and does not keep it.
 */
export function isNeeded(token: CancellationToken): boolean {
  if (token._firstChild !== null || token._links !== null || token._onDemand?.controller != null) return true;
  for (let listener = token._listeners; listener !== null; listener = listener._next) {
    if (!listener._internal) return true;
  }
  return false;
}
