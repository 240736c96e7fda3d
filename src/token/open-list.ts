/**
 * Lists of scopes: those open now, and those abandoned whose body still runs. Intrusive, newest first.
 */
import { processState } from './process-state.ts';
import type { Scope } from './scope.ts';

type List = 'newestScope' | 'newestZombie';

/** Puts a scope on a list; it may be on one at a time. */
export function enlist(list: List, scope: Scope): void {
  const older = processState[list];
  scope._older = older;
  scope._newer = null;
  if (older !== null) older._newer = scope;
  processState[list] = scope;
}

/** Takes it off. */
export function unlist(list: List, scope: Scope): void {
  const { _newer: newer, _older: older } = scope;
  if (newer === null) processState[list] = older;
  else newer._older = older;
  if (older !== null) older._newer = newer;
  scope._newer = scope._older = null;
}

/** The scopes open now, newest first. */
export function* openScopes(): Iterable<Scope> {
  for (let scope = processState.newestScope; scope !== null; scope = scope._older) yield scope;
}

/** The abandoned scopes whose body still runs, newest first. */
export function* zombieScopes(): Iterable<Scope> {
  for (let scope = processState.newestZombie; scope !== null; scope = scope._older) yield scope;
}
