/**
 * Lifecycle events: what tokens and scopes publish, as plain data, and the sink that receives it.
 *
 * L1. Nothing is built while nobody listens: a site tests one property of {@link hooks} and goes on.
 * L2. The token layer never knows who listens; `instrumentation/` fills the sink in.
 * L3. Events hold no token, no signal and no reason object (M4): ids, names, numbers and causes.
 */
import type { CancellationCause, SpanContextData, TokenIdentity } from './cause.ts';
import type { CancellationReason } from './reason.ts';
import type { ScopeInfo } from './scope-info.ts';
import type { ScopeOutcome } from './scope-state.ts';
import type { WorkerEndStep } from './worker-work.ts';

/** Which boundary a cancel crossed on its way. */
export type Boundary = 'local' | 'thread' | 'process' | 'network';

/** What became of one call of `cancel`: it won, came second, or came after the end. */
export type RequestResult = 'accepted' | 'redundant' | 'late';

/** A token was made. */
export interface TokenCreated {
  readonly token: TokenIdentity;
  readonly parent: TokenIdentity | undefined;
}

/** A cancel won. Sent once a cancel, not once a token: `targets` says how many it reached. */
export interface TokenCancelled {
  readonly token: TokenIdentity;
  readonly cause: CancellationCause;
  /** Tokens marked by this cancel, its own included. */
  readonly targets: number;
}

/** Somebody asked for a cancel; `cause` is there when it won. */
export interface CancelRequested {
  readonly token: TokenIdentity;
  readonly reason: CancellationReason;
  readonly result: RequestResult;
  readonly sourceThread: string;
  readonly cause: CancellationCause | undefined;
}

/** A cancel reached a scope: from now on it reads cancelled. */
export interface CancelDelivered {
  readonly cause: CancellationCause;
  readonly requestedAt: number;
  readonly deliveredAt: number;
  readonly boundary: Boundary;
  readonly sourceThread: string;
  /** How many scopes stood between this one and the one first cancelled; 0 for that one itself. */
  readonly depth: number;
}

/** The scope's code reacted to the cancel for the first time. */
export interface CancelAcknowledged {
  readonly requestedAt: number;
  readonly deliveredAt: number;
  readonly acknowledgedAt: number;
  readonly mechanism: AcknowledgeMechanism;
}

/** How code noticed: a listener ran, it looked at the flag, a check threw, or something it awaited rejected. */
export type AcknowledgeMechanism = 'listener' | 'poll' | 'throw' | 'await';

/** The instants of one cancel of one scope, as readings of the scope's clock in ms. */
export interface CancelPhases {
  readonly requestedAt: number;
  readonly deliveredAt: number;
  /** Missing when the scope's code never reacted. */
  readonly acknowledgedAt: number | undefined;
  readonly mechanism: AcknowledgeMechanism | undefined;
  readonly depth: number;
  readonly boundary: Boundary;
}

/** A scope ended. */
export interface ScopeSettled {
  readonly outcome: ScopeOutcome;
  readonly settledAt: number;
  /** Why it was cancelled, if it was, whatever its outcome. */
  readonly cause: CancellationCause | undefined;
  /** Set when `cause` is, unless the scope was opened before any monitor was there. */
  readonly phases: CancelPhases | undefined;
  /** What the body threw, for `failed`. Not to be kept beyond the event. */
  readonly error: unknown;
  /** Whether the deadline that ended it was its own, not an outer scope's. */
  readonly ownDeadline: boolean;
}

/** A body went on after its scope gave up waiting. */
export interface ZombieDetected {
  readonly cause: CancellationCause;
  readonly abandonedAt: number;
}

/** An abandoned body ended at last. */
export interface ZombieEnded {
  readonly abandonedAt: number;
  readonly endedAt: number;
  readonly requestedAt: number;
  /** How it ended. Its value or error reached nobody. */
  readonly result: 'returned' | 'threw';
}

/** A scope ended while this child of it was open; the child now hangs on `newParentId`. */
export interface ScopeOrphaned {
  readonly endedId: string;
  readonly endedName: string;
  readonly newParentId: string | undefined;
}

/** A cancel went from one scope to one below it. */
export interface Propagated {
  readonly source: string;
  readonly target: string;
  readonly boundary: Boundary;
  readonly result: 'delivered' | 'late' | 'dropped';
}

/** A shielded section ended. */
export interface ShieldLeft {
  /** How long a cancel waited behind it, in ms; 0 when none did. */
  readonly deferredMs: number;
}

/** A deadline ran out and cancelled its scope. */
export interface DeadlineFired {
  readonly dueAt: number;
  readonly firedAt: number;
  readonly reason: CancellationReason;
}

/** A listener, trigger or disposer threw or rejected. */
export interface ListenerFailed {
  readonly token: TokenIdentity;
  readonly scopeName: string | undefined;
  readonly error: unknown;
}

/** Work of a scope on another thread ended. */
export interface WorkerEnded {
  /** What ended it. */
  readonly step: WorkerEndStep;
  readonly startedAt: number;
  readonly endedAt: number;
  /** When the cancel of its scope was requested, if it was. */
  readonly requestedAt: number | undefined;
}

/** The latest progress of a scope, at most one a loop turn. */
export interface ProgressReported {
  readonly progress: unknown;
}

/** Runs a body; called exactly once. */
export type ScopeBody = () => unknown;

/** The sink: one slot an event, null while nobody listens (L1). */
export interface LifecycleHooks {
  tokenCreated: ((event: TokenCreated) => void) | null;
  tokenCancelled: ((event: TokenCancelled) => void) | null;
  cancelRequested: ((event: CancelRequested) => void) | null;
  scopeOpened: ((scope: ScopeInfo) => void) | null;
  cancelDelivered: ((scope: ScopeInfo, event: CancelDelivered) => void) | null;
  cancelAcknowledged: ((scope: ScopeInfo, event: CancelAcknowledged) => void) | null;
  scopeSettled: ((scope: ScopeInfo, event: ScopeSettled) => void) | null;
  zombieDetected: ((scope: ScopeInfo, event: ZombieDetected) => void) | null;
  zombieEnded: ((scope: ScopeInfo, event: ZombieEnded) => void) | null;
  scopeOrphaned: ((scope: ScopeInfo, event: ScopeOrphaned) => void) | null;
  propagated: ((event: Propagated) => void) | null;
  shieldLeft: ((scope: ScopeInfo, event: ShieldLeft) => void) | null;
  deadlineFired: ((scope: ScopeInfo, event: DeadlineFired) => void) | null;
  listenerFailed: ((event: ListenerFailed) => void) | null;
  progressReported: ((scope: ScopeInfo, event: ProgressReported) => void) | null;
  workerEnded: ((scope: ScopeInfo, event: WorkerEnded) => void) | null;
  /** Wraps a scope's body; gives back what the body gave. */
  runScope: ((scope: ScopeInfo, body: ScopeBody) => unknown) | null;
  /** The trace position of the caller, for causes; of a scope, if one is given. */
  spanContext: ((scope?: ScopeInfo) => SpanContextData | undefined) | null;
}

/** A sink nobody listens to. */
export function silentHooks(): LifecycleHooks {
  return {
    tokenCreated: null,
    tokenCancelled: null,
    cancelRequested: null,
    scopeOpened: null,
    cancelDelivered: null,
    cancelAcknowledged: null,
    scopeSettled: null,
    zombieDetected: null,
    zombieEnded: null,
    scopeOrphaned: null,
    propagated: null,
    shieldLeft: null,
    deadlineFired: null,
    listenerFailed: null,
    progressReported: null,
    workerEnded: null,
    runScope: null,
    spanContext: null,
  };
}
