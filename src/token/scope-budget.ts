/**
 * Which deadline a scope has: its own, or the one it shares with a scope around it.
 *
 * D1. The earliest of its own two and the one around it.
 * S7. When the scope a budget belongs to ends first, those still open that shared it find theirs anew.
 */
import { Budget, readingOf } from './deadline.ts';
import { hooks, processState } from './process-state.ts';
import { requestCancel } from './request-cancel.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import type { ScopeOptions } from './scope-options.ts';
import { isLive } from './tree.ts';

/** Gives a scope a budget of its own if that ends before the one around it (D1). */
export function setBudget(scope: Scope, { timeoutMs = Infinity, deadline = Infinity }: ScopeOptions): void {
  const byTimeout = scope._openedAt + timeoutMs;
  const byDeadline = readingOf(deadline, scope._clock);
  const at = Math.min(byTimeout, byDeadline);
  const outer = scope._budget;
  // Two clocks are never compared: on another one, the outer deadline comes as a cancel.
  if (at === Infinity || (outer?.clock === scope._clock && at >= outer.at)) return;
  const reason = byDeadline < byTimeout ? 'deadline' : 'timeout';
  scope._budget = new Budget(at, reason, scope._clock, (budget) => expire(scope, budget));
  scope._ownsBudget = true;
}

/** Starts the timer of a budget of its own. One that is over cancels at once. */
export function startBudget(scope: Scope, now: number): void {
  if (scope._ownsBudget && isLive(scope.token)) scope._budget?.start(now, scope._options?.keepAlive === true);
}

/** What shared the budget of `ended` takes the one around it now, or an own one that had been the later one (S7). */
export function replaceBudget(ended: Scope): void {
  for (const scope of [...processState.openScopes].reverse()) {
    if (scope === ended || scope._budget !== ended._budget) continue;
    scope._budget = scope._parent?._budget ?? null;
    if (scope._options !== undefined) setBudget(scope, scope._options);
    startBudget(scope, scope._clock.now());
  }
}

function expire(scope: Scope, budget: Budget): void {
  if (!isLive(scope.token)) return;
  const { reason } = budget;
  hooks.deadlineFired?.(scopeInfo(scope), { dueAt: budget.at, firedAt: budget.clock.now(), reason });
  requestCancel(scope.token, reason);
}
