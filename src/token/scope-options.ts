/**
 * Options of a scope, and the checks that run once, at its opening.
 */
import type { Clock } from './clock.ts';
import { tokenOf } from './combine.ts';
import { checkedMs } from './deadline.ts';
import { InvalidArgumentError } from './errors.ts';
import type { AnyToken } from './readonly-token.ts';
import type { Scope } from './scope.ts';
import type { ScopeAttributes } from './scope-info.ts';
import { namedTrigger, type Trigger } from './trigger.ts';

/** Options of {@link cancelScope} and {@link openScope}. */
export interface ScopeOptions {
  /** Its budget in ms, counted from its opening; it ends with reason `timeout`. 0 or less: already over. Default none. */
  readonly timeoutMs?: number;
  /** When it must be done, set from outside; it ends with reason `deadline`. A reading of its clock, or a Date. */
  readonly deadline?: number | Date;
  /** The scope around it; default the ambient one. */
  readonly parent?: Scope;
  /** True: no scope around it, not even the ambient one. */
  readonly detached?: boolean;
  /** A token that cancels it too. The scope never cancels this token. */
  readonly token?: AnyToken;
  /** A foreign AbortSignal that cancels it too. */
  readonly signal?: AbortSignal;
  /** How long a cancelled body may go on, in ms, before the caller gets its CancelledError. Default `Infinity`: as long as it takes. */
  readonly graceMs?: number;
  /** Whether its deadline keeps the process running while it is pending; default false. */
  readonly keepAlive?: boolean;
  /** What else may cancel it; each is started at the opening and disposed at the end. */
  readonly triggers?: readonly Trigger[];
  /** What describes it on its span. Never on a metric. */
  readonly attributes?: ScopeAttributes;
  /** Where its time comes from; default its parent's clock, else the machine's. */
  readonly clock?: Clock;
}

/** @throws {InvalidArgumentError} `name` is no string, or empty. */
export function checkScopeName(name: unknown): void {
  if (typeof name !== 'string' || name === '')
    throw new InvalidArgumentError('name', 'a string of 1 or more characters', name);
}

/** Checks all that can be checked before anything is opened. @throws {InvalidArgumentError} naming the option. */
export function checkOptions(options: ScopeOptions): void {
  if (typeof options !== 'object' || options === null) throw new InvalidArgumentError('options', 'an object', options);
  const { timeoutMs, deadline, graceMs, token, signal, triggers, parent, clock } = options;
  if (timeoutMs !== undefined) checkedMs('timeoutMs', timeoutMs);
  if (deadline !== undefined) checkedMs('deadline', deadline instanceof Date ? deadline.getTime() : deadline);
  if (graceMs !== undefined) checkedMs('graceMs', graceMs);
  if (token !== undefined) tokenOf('token', token);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new InvalidArgumentError('signal', 'an AbortSignal', signal);
  }
  if (triggers !== undefined && !Array.isArray(triggers)) {
    throw new InvalidArgumentError('triggers', 'an array of triggers', triggers);
  }
  triggers?.forEach(namedTrigger);
  if (parent !== undefined && typeof parent?.token !== 'object') {
    throw new InvalidArgumentError('parent', 'a scope', parent);
  }
  if (clock !== undefined && typeof clock?.setTimer !== 'function') {
    throw new InvalidArgumentError('clock', 'a Clock', clock);
  }
}

/** `body`, if it can be called. @throws {InvalidArgumentError} */
export function checkedBody<F>(body: F | undefined): F {
  if (typeof body === 'function') return body;
  throw new InvalidArgumentError('body', 'a function', body);
}
