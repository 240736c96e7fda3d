/**
 * How a scope hears of a cancel, and how its code's first reaction is noted (S4).
 */
import type { CancellationCause } from './cause.ts';
import type { AcknowledgeMechanism } from './lifecycle.ts';
import { boundaryOf } from './origin.ts';
import { hooks } from './process-state.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import { causeOf } from './derived-cause.ts';

/**
 * The scope's token was marked at `markedAt`; its listeners run after this. Once: a scope that an outer one's listener
 * ends has been told by then.
 */
export function deliver(scope: Scope, markedAt: number): void {
  if (scope._phases !== null) return;
  const cause = causeOf(scope.token) as CancellationCause;
  // Two clocks are never compared: on another one, the cancel counts from here.
  const sameClock = cause.clock === scope._clock;
  const deliveredAt = sameClock ? markedAt : scope._clock.now();
  // Cancelled through another token, that token is the one above it now.
  const source = scope.token._parent?._owner as Scope | null | undefined;
  scope._phases = {
    // A scope opened under a cancelled parent was not waiting before it was there.
    requestedAt: sameClock ? Math.max(cause.at, scope._openedAt) : deliveredAt,
    deliveredAt,
    acknowledgedAt: undefined,
    mechanism: undefined,
    depth: source?._phases == null ? 0 : source._phases.depth + 1,
    boundary: boundaryOf(cause.origin),
  };
  publish(scope, cause, source);
  scope._hearer?.delivered();
}

function publish(scope: Scope, cause: CancellationCause, source: Scope | null | undefined): void {
  const phases = scope._phases;
  if (phases === null) return;
  if (hooks.cancelDelivered !== null) {
    const { requestedAt, deliveredAt, boundary, depth } = phases;
    const sourceThread = cause.origin.threadName;
    hooks.cancelDelivered(scopeInfo(scope), { cause, requestedAt, deliveredAt, boundary, depth, sourceThread });
  }
  if (hooks.propagated === null) return;
  // Where it arrived from another thread or process, the scope it left there is known by name.
  const remote = source == null ? scope.token._parent?._onDemand?.remote?.scope?.name : undefined;
  const [from, boundary] = source == null ? [remote, phases.boundary] : [source.name, 'local' as const];
  if (from !== undefined) hooks.propagated({ source: from, target: scope.name, boundary, result: 'delivered' });
}

/** The scope's code reacted; the first time counts. */
export function acknowledge(scope: Scope, mechanism: AcknowledgeMechanism): void {
  const phases = scope._phases;
  if (phases === null || phases.acknowledgedAt !== undefined || scope._settled) return;
  const acknowledgedAt = scope._clock.now();
  scope._phases = { ...phases, acknowledgedAt, mechanism };
  if (hooks.cancelAcknowledged === null) return;
  const { requestedAt, deliveredAt } = phases;
  hooks.cancelAcknowledged(scopeInfo(scope), { requestedAt, deliveredAt, acknowledgedAt, mechanism });
}
