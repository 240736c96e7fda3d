/**
 * How a scope opens.
 *
 * S2. Its parent is the `parent` option, else the ambient scope; `detached` for none.
 * S12. What fails while it opens undoes what was opened: the scope settles as `failed`, and the error is the caller's.
 */
import { linkTo } from './combine.ts';
import type { Clock } from './clock.ts';
import { Budget, readingOf } from './deadline.ts';
import { reportFailure } from './failure.ts';
import { enlist } from './open-list.ts';
import { hooks } from './process-state.ts';
import type { CancellationReason } from './reason.ts';
import { requestCancel } from './request-cancel.ts';
import type { Scope } from './scope.ts';
import { scopeInfo, settle } from './scope-settling.ts';
import type { ScopeOptions } from './scope-options.ts';
import { CancellationToken } from './token.ts';
import { CANCELLED, LIVE } from './tree.ts';
import { namedTrigger, type Trigger } from './trigger.ts';

/**
 * The scope around a new one (S2). One that has completed can cancel nothing more, so what was left running in it
 * counts for the scope further out; one that was cancelled passes that on, also when settled.
 */
export function parentFor(options: ScopeOptions | undefined, ambient: Scope | undefined): Scope | undefined {
  let parent = options?.parent ?? (options?.detached === true ? undefined : ambient);
  while (parent !== undefined && parent._settled && parent.token._state !== CANCELLED) parent = parent._parent;
  return parent;
}

/** A scope's own token, under the one above it. */
export function tokenFor(name: string, clock: Clock, above: CancellationToken | null | undefined): CancellationToken {
  const options = { name, clock };
  return above == null ? new CancellationToken(options) : new CancellationToken(options, above);
}

/** Opens a scope whose fields are set. */
export function open(scope: Scope, options: ScopeOptions | undefined): void {
  const { token, _parent: parent } = scope;
  token._owner = scope;
  if (parent !== undefined) parent._openChildren++;
  enlist('newestScope', scope);
  if (options !== undefined) setBudget(scope, options);
  if (hooks.scopeOpened !== null) hooks.scopeOpened(scopeInfo(scope));
  if (token._state === CANCELLED) scope._delivered(scope._openedAt); // born cancelled
  else if (options !== undefined) openOptions(scope, options);
}

/** Takes the earliest of the parent's deadline and the two own ones (D1). */
function setBudget(scope: Scope, { timeoutMs = Infinity, deadline = Infinity }: ScopeOptions): void {
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

function expire(scope: Scope, budget: Budget): void {
  if (scope.token._state !== LIVE) return;
  const reason: CancellationReason = budget.reason;
  const firedAt = budget.clock.now();
  hooks.deadlineFired?.(scopeInfo(scope), { dueAt: budget.at, firedAt, reason });
  requestCancel(scope.token, reason);
}

/** Starts what may cancel it; what fails undoes the rest (S12). */
function openOptions(scope: Scope, options: ScopeOptions): void {
  try {
    if (options.token !== undefined) linkTo(scope.token, options.token, null);
    if (options.signal !== undefined) linkTo(scope.token, options.signal, null);
    if (scope._ownsBudget) scope._budget?.start(scope._openedAt, options.keepAlive === true);
    for (const trigger of options.triggers ?? []) startTrigger(scope, trigger);
  } catch (error) {
    settle(scope, 'threw', error);
    throw error;
  }
}

function startTrigger(scope: Scope, trigger: Trigger): void {
  const named = namedTrigger(trigger);
  if (scope.token._state !== LIVE) return;
  const stop = named.start(
    (reason = 'condition', message, via = []) => void requestCancel(scope.token, reason, message, [named.name, ...via]),
    { clock: scope._clock, report: (error) => reportFailure(scope.token, error) },
  );
  if (stop !== undefined) (scope._started ??= []).push(stop);
}
