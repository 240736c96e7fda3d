/**
 * Progress of a scope, coalesced.
 *
 * S11. Within one turn of the event loop the latest report wins; what is due is sent before the scope ends.
 */
import { hooks } from './process-state.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';

/** Holds the latest report until the turn is over. */
export class ProgressReporter {
  readonly #scope: Scope;
  #latest: { readonly progress: unknown } | null = null;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  report(progress: unknown): void {
    if (hooks.progressReported === null || this.#scope._settled) return;
    if (this.#latest === null) setImmediate(() => this.flush()).unref();
    this.#latest = { progress };
  }

  flush(): void {
    const latest = this.#latest;
    this.#latest = null;
    if (latest !== null) hooks.progressReported?.(scopeInfo(this.#scope), latest);
  }
}
