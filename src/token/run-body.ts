/**
 * Running a scope's body to its end, or until its grace is over.
 *
 * S3. A token already cancelled on entry: the body does not run.
 * S5. On a cancelled scope the body's own cancel, any wrapper of it, or a bare AbortError means `cancelled`, and the
 *     caller gets the scope's error. Any other error stays what it is; so does another token's CancelledError.
 * S6. JavaScript cannot interrupt an `await`. With `graceMs` the caller waits no longer than that after the cancel; the
 *     body is then a zombie, watched until it ends, and its late error reaches nobody but monitors.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancellationCause } from './cause.ts';
import type { Timer } from './clock.ts';
import { findCancelledError } from './is-cancelled.ts';
import { isOwnCancel } from './own-cancel.ts';
import { hooks, processState } from './process-state.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import { settle } from './scope-settling.ts';
import { CANCELLED } from './tree.ts';
import { causeOf } from './derived-cause.ts';

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
    const graceMs = scope._options?.graceMs;
    if (graceMs !== undefined && graceMs !== Infinity) running = withinGrace(scope, running, graceMs);
  } catch (error) {
    return Promise.reject(settleThrown(scope, error));
  }
  return whenEnded(scope, running);
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

/** Settles by what the body threw, and gives what the caller gets (S5). */
function settleThrown(scope: Scope, error: unknown): unknown {
  if (scope.outcome === 'abandoned') return error;
  if (scope.token._state !== CANCELLED || scope._failure?.error === error || !isOwnCancel(scope, error)) {
    settle(scope, 'threw', error);
    return error;
  }
  settle(scope, 'stopped');
  const found = findCancelledError(error);
  return found === error && found?.cause === scope.token.cause ? error : scope.token._error();
}

function withinGrace<T>(scope: Scope, running: T | PromiseLike<T>, graceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    let ended = false;
    const abandon = (): void => {
      if (ended) return;
      ended = true;
      const abandonedAt = scope._clock.now();
      settle(scope, 'overdue');
      watchZombie(scope, running, abandonedAt);
      reject(scope.token._error());
    };
    scope._onDelivered = () => {
      if (graceMs > 0) timer = scope._clock.setTimer(abandon, graceMs);
      else queueMicrotask(abandon);
    };
    if (scope.token._state === CANCELLED) scope._onDelivered(); // cancelled by its own first synchronous steps
    const end = (deliver: () => void): void => {
      timer?.clear();
      if (ended) return;
      ended = true;
      deliver();
    };
    Promise.resolve(running).then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    );
  });
}

/** Counts an abandoned body until it ends (S6). */
function watchZombie(scope: Scope, running: unknown, abandonedAt: number): void {
  const cause = causeOf(scope.token) as CancellationCause;
  const requestedAt = scope._phases?.requestedAt ?? abandonedAt;
  processState.zombies.add(scope);
  hooks.zombieDetected?.(scopeInfo(scope), { cause, abandonedAt });
  const end = (result: 'returned' | 'threw'): void => {
    processState.zombies.remove(scope);
    hooks.zombieEnded?.(scopeInfo(scope), { abandonedAt, endedAt: scope._clock.now(), requestedAt, result });
  };
  Promise.resolve(running).then(
    () => end('returned'),
    () => end('threw'),
  );
}
