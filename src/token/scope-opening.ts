/**
 * How a scope opens.
 *
 * S2. Its parent is the `parent` option, else the ambient scope; `detached` for none.
 * S12. What fails while it opens undoes what was opened: the scope settles as `failed`, and the error is the caller's.
 */
import { linkTo } from './combine.ts';
import type { Clock } from './clock.ts';
import { InvalidArgumentError } from './errors.ts';
import { reportFailure } from './failure.ts';
import { hooks, processState } from './process-state.ts';
import { requestCancel } from './request-cancel.ts';
import type { Scope } from './scope.ts';
import { setBudget, startBudget } from './scope-budget.ts';
import { scopeInfo } from './scope-info.ts';
import { settle } from './scope-settling.ts';
import type { ScopeOptions } from './scope-options.ts';
import { CancellationToken } from './token.ts';
import { CANCELLED, isLive } from './tree.ts';
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
  return new CancellationToken(undefined, above ?? undefined, name, clock);
}

/** Opens a scope whose fields are set. */
export function open(scope: Scope, options: ScopeOptions | undefined): void {
  const { token, _parent: parent } = scope;
  token._owner = scope;
  if (parent !== undefined) parent._openChildren++;
  processState.openScopes.add(scope);
  if (options !== undefined) setBudget(scope, options);
  if (hooks.scopeOpened !== null) hooks.scopeOpened(scopeInfo(scope));
  if (token._state === CANCELLED) scope._delivered(scope._openedAt); // born cancelled
  else if (options !== undefined) openOptions(scope, options);
}

/** Starts what may cancel it; what fails undoes the rest (S12). */
function openOptions(scope: Scope, options: ScopeOptions): void {
  try {
    if (options.token !== undefined) linkTo(scope.token, options.token, null);
    if (options.signal !== undefined) linkTo(scope.token, options.signal, null);
    startBudget(scope, scope._openedAt);
    for (const trigger of options.triggers ?? []) startTrigger(scope, trigger);
  } catch (error) {
    settle(scope, 'threw', error);
    throw error;
  }
}

function startTrigger(scope: Scope, trigger: Trigger): void {
  const named = namedTrigger(trigger);
  if (!isLive(scope.token)) return;
  const stop = named.start(
    (reason = 'condition', message, via = []) => void requestCancel(scope.token, reason, message, [named.name, ...via]),
    { clock: scope._clock, report: (error) => reportFailure(scope.token, error) },
  );
  if (stop === undefined) return;
  if (typeof (stop as Partial<Disposable> | null)?.[Symbol.dispose] !== 'function') {
    Promise.resolve(stop).catch(() => {}); // an async start: its error is this one
    throw new InvalidArgumentError('triggers', 'started by functions that return a Disposable or nothing', stop);
  }
  (scope._started ??= []).push(stop);
}
