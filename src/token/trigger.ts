/**
 * Triggers: what cancels a scope from inside it.
 *
 * R1. A trigger is a name and a `start` that is handed a `cancel` and gives back how to stop; a function is enough.
 * R2. Starting is per scope: one trigger may serve many scopes at once.
 */
import type { Clock } from './clock.ts';
import { InvalidArgumentError } from './errors.ts';
import type { CancellationReason } from './reason.ts';

/** Cancels the scope a trigger was started for. Calling it again, or after the scope ended, changes nothing. */
export type TriggerCancel = (reason?: CancellationReason, message?: string, via?: readonly string[]) => void;

/** Starts watching. What it returns is disposed when the scope ends. */
export type StartTrigger = (cancel: TriggerCancel, context: TriggerContext) => Disposable | void;

/** What a trigger may use while it watches. */
export interface TriggerContext {
  readonly clock: Clock;
  /** Tells monitors of a failure that is no reason to stop watching, such as a predicate that threw. */
  readonly report: (error: unknown) => void;
}

/** A named way to be cancelled (R1). Its name appears in `cause.via`. */
export interface NamedTrigger {
  readonly name: string;
  readonly start: StartTrigger;
}

/** A trigger, or just its `start`. */
export type Trigger = NamedTrigger | StartTrigger;

/** A trigger with a name, whatever form it came in. @throws {InvalidArgumentError} it is neither. */
export function namedTrigger(trigger: Trigger): NamedTrigger {
  if (typeof trigger === 'function') return { name: trigger.name === '' ? 'trigger' : trigger.name, start: trigger };
  if (typeof trigger?.start === 'function' && typeof trigger.name === 'string') return trigger;
  throw new InvalidArgumentError('triggers', 'functions or { name, start } objects', trigger);
}
