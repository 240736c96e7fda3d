/**
 * Observed scopes: what a program does without knowing of scopes, as scopes that only telemetry sees.
 *
 * Z5. An observed scope ends with what it is about, also when that is dropped without an end: it keeps nothing of it
 *     alive, and is not kept open by it.
 * Z6. It has no scope around it and none inside: it is no part of the program's own tree.
 */
import { methodLabel, OTHER } from '../instrumentation/index.ts';
import {
  type CancellationCause,
  type CancellationReason,
  openScope,
  requestCancel,
  type Scope,
} from '../token/index.ts';

/** Closes the scope of what was collected (Z5). */
const dropped = new FinalizationRegistry<Scope>((scope) => void scope.close());

/** Opens a scope for `about`. */
export function openObserved(name: string, about: object): Scope {
  const scope = openScope(name, { detached: true }); // Z6
  dropped.register(about, scope, scope);
  return scope;
}

/** Ends it as completed. */
export function completeObserved(scope: Scope): void {
  dropped.unregister(scope);
  scope.close();
}

/** Ends it as failed. */
export function failObserved(scope: Scope, error: unknown): void {
  scope.fail(error);
  completeObserved(scope);
}

/** Why an observed scope was cancelled. */
export interface ObservedCancel {
  readonly reason: CancellationReason;
  readonly message?: string | undefined;
  readonly via?: readonly string[] | undefined;
  /** The cancel it comes from. */
  readonly parent?: CancellationCause | undefined;
}

/** Ends it as cancelled. */
export function cancelObserved(scope: Scope, { reason, message, via, parent }: ObservedCancel): void {
  requestCancel(scope.token, reason, message, via, parent);
  completeObserved(scope);
}

/** `http:get`: a few names, and never a path. */
export function nameFor(kind: string, method: unknown): string {
  const label = methodLabel(typeof method === 'string' ? method.toUpperCase() : '');
  return `${kind}:${label === OTHER ? 'other' : label.toLowerCase()}`;
}
