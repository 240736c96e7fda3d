/**
 * Running a scope's body to its end.
 *
 * S3. A token already cancelled on entry: the body does not run.
 */
import { AsyncResource } from 'node:async_hooks';
import { hooks, processState } from './process-state.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import { settle } from './scope-settling.ts';
import { settleThrown } from './settle-thrown.ts';
import { CANCELLED } from './tree.ts';
import { withinGrace } from './within-grace.ts';

/** What a scope runs. */
export type Body<T> = (scope: Scope) => T | PromiseLike<T>;

/** Runs `body` with `scope` as the ambient one, and settles it. */
export function runBody<T>(scope: Scope, body: Body<T>): Promise<T> {
  if (scope.token._state === CANCELLED) {
    settle(scope, 'stopped');
    return Promise.reject(scope.token._error());
  }
  let running: T | PromiseLike<T>;
  try {
    running = invoke(scope, body);
  } catch (error) {
    return Promise.reject(settleThrown(scope, error));
  }
  const graceMs = scope._options?.graceMs;
  return graceMs === undefined || graceMs === Infinity
    ? whenEnded(scope, running)
    : withinGrace(scope, running, graceMs);
}

/** Waits for a body and settles its scope. Apart, and small: an async function saves all its variables at each await. */
async function whenEnded<T>(scope: Scope, running: T | PromiseLike<T>): Promise<T> {
  let value: T;
  try {
    value = await running;
  } catch (error) {
    throw settleThrown(scope, error);
  }
  settle(scope, 'returned');
  return value;
}

/** Calls `body` with `scope` as the ambient one, inside what monitors wrap around it. */
export function invoke<T>(scope: Scope, body: (scope: Scope) => T): T {
  return hooks.runScope === null ? runAmbient(scope, body) : invokeWrapped(hooks.runScope, scope, body);
}

// Not `ambient.run`: that copies the context twice, once to enter and once to leave, and leaves an empty entry behind
// that makes every later copy dearer. A resource puts the old context back as it was, and costs a fifth of a copy.
function runAmbient<T>(scope: Scope, body: (scope: Scope) => T): T {
  return new AsyncResource('cancelscope.scope', MANUAL).runInAsyncScope(enter<T>, undefined, scope, body);
}

const MANUAL = { requireManualDestroy: true };

function enter<T>(scope: Scope, body: (scope: Scope) => T): T {
  processState.ambient.enterWith(scope);
  return body(scope);
}

// Apart: a closure in `invoke` would cost every call of it.
function invokeWrapped<T>(runScope: NonNullable<typeof hooks.runScope>, scope: Scope, body: (scope: Scope) => T): T {
  return runScope(scopeInfo(scope), () => runAmbient(scope, body)) as T;
}
