/**
 * Layer 0: tokens, scopes, task groups, deadlines, triggers, streams. No third-party import.
 */
export { adopt } from './adopt-signal.ts';
export { cancellable, type CancellableOptions, failAfter, moveOnAfter } from './budget-functions.ts';
export { cancelScope, currentScope, openScope } from './cancel-scope.ts';
export { CancellationCause, type CancellationCauseData, type SpanContextData, type TokenIdentity } from './cause.ts';
export { type Clock, systemClock, systemReading, type Timer } from './clock.ts';
export { linkTo, tokenOf, type TokenSource } from './combine.ts';
export { Disposer } from './disposer.ts';
export { CancelledError, InvalidArgumentError, InvalidStateError, UnsupportedError } from './errors.ts';
export { isExpectedCancel } from './expected-cancel.ts';
export { explain } from './explain.ts';
export { type Decided, takeIn } from './foreign-cancel.ts';
export { findCancelledError, isCancelled } from './is-cancelled.ts';
export type {
  AcknowledgeMechanism,
  Boundary,
  CancelAcknowledged,
  CancelDelivered,
  CancelPhases,
  CancelRequested,
  DeadlineFired,
  LifecycleHooks,
  ListenerFailed,
  ProgressReported,
  Propagated,
  RequestResult,
  ScopeBody,
  ScopeOrphaned,
  ScopeSettled,
  ShieldLeft,
  TokenCancelled,
  TokenCreated,
  WorkerEnded,
  ZombieDetected,
  ZombieEnded,
} from './lifecycle.ts';
export { isOwnCancel } from './own-cancel.ts';
export { observe } from './observe.ts';
export { type Origin, originOf, thisOrigin } from './origin.ts';
export { type GateState, PauseGate, type Segment } from './pause-gate.ts';
export { onDemandOf, tokenOfSignal } from './on-demand.ts';
export { captureCallSites, hooks, processState, sharedSlot } from './process-state.ts';
export type { RaceOptions } from './race.ts';
export { type AnyToken, ReadonlyToken } from './readonly-token.ts';
export { CANCELLATION_REASONS, type CancellationReason, isCancellationReason } from './reason.ts';
export type { CancelListener, Registration } from './registration.ts';
export { checkedMs, readingOf } from './deadline.ts';
export type { Body } from './run-body.ts';
export { Scope } from './scope.ts';
export { type ScopeAttributes, ScopeInfo, scopeInfo } from './scope-info.ts';
export { checkScopeName, type ScopeOptions } from './scope-options.ts';
export { SCOPE_OUTCOMES, type ScopeOutcome, type ScopeState } from './scope-state.ts';
export type { ShieldOptions } from './shield.ts';
export type { StreamOptions } from './stream.ts';
export type { StreamSource } from './stream-source.ts';
export { requestCancel } from './request-cancel.ts';
export { reviveCause, revivePlain, spanContextOf } from './revive-cause.ts';
export type { Inbox, RemoteIdentity, RemoteScope, SharedState } from './shared-state.ts';
export { addSharedState, removeSharedState, sharedStatesOf } from './shared-states.ts';
export type { Task } from './task.ts';
export { TaskGroup, taskGroup, type TaskGroupOptions } from './task-group.ts';
export { CancellationToken } from './token.ts';
export type { OnCancelOptions, TokenOptions } from './token-options.ts';
export { isLive, LIVE, watch } from './tree.ts';
export type { NamedTrigger, StartTrigger, Trigger, TriggerCancel, TriggerContext } from './trigger.ts';
export {
  type RunInWorkerOptions,
  WORKER_END_STEPS,
  type WorkerEndStep,
  type WorkerTask,
  type WorkerTaskFunction,
} from './worker-work.ts';
export {
  triggers,
  type BoundOptions,
  type EventLoopLagOptions,
  type MemoryOptions,
  type PredicateOptions,
} from './triggers/index.ts';
