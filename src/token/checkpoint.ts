/**
 * A point where work that never waits lets others run, and notices a cancel (S9).
 */
import type { Scope } from './scope.ts';

/** Lets the event loop turn once, then throws if the scope is cancelled. */
export async function checkpoint(scope: Scope): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  scope.throwIfCancelled();
}
