/**
 * How a scope ends.
 *
 * S3. Once. Y2. Settling always takes it off the list of open scopes.
 * S7. Children still open are reported and hang on to the scope's parent.
 * T7. Its listeners, links, triggers and timers are gone afterwards.
 */
import type { CancellationCause } from './cause.ts';
import { reportFailure } from './failure.ts';
import { isOwnCancel } from './own-cancel.ts';
import { hooks, processState } from './process-state.ts';
import { letGo } from './release.ts';
import type { Scope } from './scope.ts';
import { replaceBudget } from './scope-budget.ts';
import { scopeInfo } from './scope-info.ts';
import { receiveFor } from './shared-state.ts';
import { type BodyEnd, outcomeOf, type ScopeOutcome } from './scope-state.ts';
import { attach, CANCELLED, detach, DISPOSED, isLive, type TreeNode } from './tree.ts';

/** Ends a scope. A second call changes nothing. */
export function settle(scope: Scope, end: BodyEnd, error?: unknown): ScopeOutcome {
  if (scope.outcome !== undefined) return scope.outcome; // S3
  scope._flushProgress();
  const { token } = scope;
  receiveFor(token);
  const cancelled = token._state === CANCELLED;
  // Marked, and ended by an outer scope's listener before its own turn: its end comes after its cancel all the same.
  if (cancelled) scope._delivered((token.cause as CancellationCause).clock.now());
  if (cancelled && end === 'stopped') scope._acknowledged('await');
  const outcome = outcomeOf(cancelled, end);
  scope.outcome = outcome;
  if (scope._ownsBudget) scope._budget?.clear();
  scope._hearer = null;
  const orphaned = scope._openChildren > 0;
  if (orphaned) reparentOrphans(scope);
  if (scope._parent !== undefined) scope._parent._openChildren--;
  processState.openScopes.remove(scope);
  releaseToken(token);
  // From here on a cancel is late, so what runs now cannot change how it ended (S12).
  if (orphaned && scope._ownsBudget) replaceBudget(scope);
  if (scope._started !== null) stopTriggers(scope, scope._started);
  if (hooks.scopeSettled !== null) publish(scope, outcome, error);
  return outcome;
}

function publish(scope: Scope, outcome: ScopeOutcome, error: unknown): void {
  hooks.scopeSettled?.(scopeInfo(scope), {
    outcome,
    settledAt: scope._clock.now(),
    cause: scope.token.cause,
    phases: scope._phases ?? undefined,
    error,
    ownDeadline: scope._ownsBudget && scope._budget?.reason === scope.token.cause?.reason,
  });
}

/** Ends a scope that has no body: by what `fail` was told, else by whether it was cancelled (S10). */
export function settleOpened(scope: Scope): ScopeOutcome {
  const cancelled = scope.token._state === CANCELLED;
  const failure = scope._failure;
  if (failure !== null && !(cancelled && isOwnCancel(scope, failure.error))) {
    return settle(scope, 'threw', failure.error);
  }
  return settle(scope, cancelled ? 'stopped' : 'returned');
}

function stopTriggers(scope: Scope, started: Disposable[]): void {
  scope._started = null;
  for (const trigger of started) {
    try {
      trigger[Symbol.dispose]();
    } catch (error) {
      reportFailure(scope.token, error);
    }
  }
}

/** Scopes opened in this one that outlive it (S7). */
function reparentOrphans(scope: Scope): void {
  const parent = scope._parent;
  for (const orphan of [...processState.openScopes]) {
    if (orphan._parent !== scope) continue;
    orphan._parent = parent;
    scope._openChildren--;
    if (parent !== undefined) parent._openChildren++;
    if (orphan.token._parent === scope.token && isLive(orphan.token)) {
      detach(orphan.token);
      if (parent !== undefined && isLive(parent.token)) attach(orphan.token, parent.token);
    }
    hooks.scopeOrphaned?.(scopeInfo(orphan), { endedId: scope.id, endedName: scope.name, newParentId: parent?.id });
  }
}

/**
 * Lets go of everything on the token; children it still has were plain tokens, and are on their own from here (T14).
 * A cancelled one has let go already, or is about to run its listeners: a scope may be closed by an outer one's.
 */
function releaseToken(token: TreeNode): void {
  if (!isLive(token)) return;
  token._state = DISPOSED;
  for (let child = token._firstChild; child !== null; child = token._firstChild) detach(child);
  detach(token);
  letGo(token);
}
