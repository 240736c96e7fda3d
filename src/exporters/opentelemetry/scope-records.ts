/**
 * Scope records: the open scopes, by what describes them: one object a scope, and no id to put together for a look-up.
 *
 * M1. A record is dropped when its scope settles, or, abandoned, when its body ends; all at once when the monitor is
 *     detached.
 * M2. At most {@link MOST_RECORDS}: a service that opens scopes and never ends them gets no spans for the rest.
 */
import type { ScopeInfo } from '../../token/index.ts';
import type { ScopeRecord } from './scope-record.ts';

/** The most scopes remembered at once (M2). */
export const MOST_RECORDS = 100_000;

/** The open scopes. */
export class ScopeRecords {
  readonly #records = new Map<ScopeInfo, ScopeRecord>();

  /** How many are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** Whether there is no room for another (M2). */
  get isFull(): boolean {
    return this.#records.size >= MOST_RECORDS;
  }

  get(scope: ScopeInfo): ScopeRecord | undefined {
    return this.#records.get(scope);
  }

  set(scope: ScopeInfo, record: ScopeRecord): void {
    this.#records.set(scope, record);
  }

  drop(scope: ScopeInfo): void {
    this.#records.delete(scope);
  }

  /** Forgets all, and returns them. */
  drain(): readonly ScopeRecord[] {
    const records = [...this.#records.values()];
    this.#records.clear();
    return records;
  }
}
