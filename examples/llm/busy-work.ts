/**
 * Work that keeps the main loop busy: a renderer, a parser. Here it only passes the time.
 */
import type { Scope } from 'cancelscope';

/** Computes for `busyMs` at a time, and looks between two slices whether it is still wanted. */
export function busyWork(busyMs: number): (scope: Scope) => void {
  return (scope) => {
    const until = performance.now() + busyMs;
    // Sees a cancel by another thread too, with no turn of the loop.
    while (performance.now() < until) scope.throwIfCancelled();
  };
}
