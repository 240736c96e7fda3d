/**
 * A list of scopes, newest first. Intrusive, so that a scope joins and leaves at the same cost however many there are;
 * it may be on one list at a time.
 */
import type { Scope } from './scope.ts';

/** Scopes open now, or abandoned ones whose body still runs. */
export class ScopeList implements Iterable<Scope> {
  #newest: Scope | null = null;

  /** Puts a scope on it. */
  add(scope: Scope): void {
    const older = this.#newest;
    scope._older = older;
    if (older !== null) older._newer = scope;
    this.#newest = scope;
  }

  /** Takes a scope off it. */
  remove(scope: Scope): void {
    const { _newer: newer, _older: older } = scope;
    if (newer === null) this.#newest = older;
    else newer._older = older;
    if (older !== null) older._newer = newer;
    scope._newer = scope._older = null;
  }

  *[Symbol.iterator](): Iterator<Scope> {
    for (let scope = this.#newest; scope !== null; scope = scope._older) yield scope;
  }
}
