/**
 * Work that keeps the main loop busy: a renderer, a parser. Here it only passes the time.
 */
import type { CancellationToken, Scope } from 'cancelscope';

/** Computes for `busyMs` at a time, and looks between two slices whether it is still wanted. */
export function busyWork(busyMs: number): (scope: Scope, pause: CancellationToken) => void {
  return (scope, pause) => {
    const until = performance.now() + busyMs;
    while (performance.now() < until) {
      // No turn of the loop is needed to see a cancel, not even one from another thread.
      if (pause.isCancelled) scope.throwIfCancelled();
    }
  };
}
