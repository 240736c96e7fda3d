/**
 * Making an opened scope the ambient one for a function (S10).
 */
import { InvalidStateError } from './errors.ts';
import { invoke } from './run-body.ts';
import type { Scope } from './scope.ts';
import { checkedBody } from './scope-options.ts';

/** @throws {InvalidStateError} the scope has ended. */
export function runInScope<T>(scope: Scope, fn: (scope: Scope) => T): T {
  checkedBody(fn);
  if (!scope._settled) return invoke(scope, fn);
  throw new InvalidStateError(`Scope "${scope.name}" has ended (${scope.outcome}); run() needs an open one`);
}
