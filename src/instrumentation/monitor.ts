/**
 * Monitors: what receives lifecycle events.
 *
 * M1. Every hook is optional. M3. Hooks are synchronous and must be quick: a monitor with slow work buffers it.
 * M4. A monitor keeps no token, signal or reason object beyond the event.
 */
import type {
  CancelAcknowledged,
  CancelDelivered,
  CancelRequested,
  DeadlineFired,
  ListenerFailed,
  ProgressReported,
  Propagated,
  ScopeBody,
  ScopeInfo,
  ScopeOrphaned,
  ScopeSettled,
  ShieldLeft,
  SpanContextData,
  TokenCancelled,
  TokenCreated,
  WorkerEnded,
  ZombieDetected,
  ZombieEnded,
  CancellationCause,
} from '../token/index.ts';

/** A cancelled scope passed the slow threshold and has not ended. Sent once a scope. */
export interface CancelSlow {
  readonly cause: CancellationCause;
  readonly requestedAt: number;
  readonly thresholdMs: number;
}

/** A cancelled scope returned a value without ever having looked: no listener, no check, nothing rejected. */
export interface ScopeIgnoredCancel {
  readonly cause: CancellationCause;
  readonly requestedAt: number;
  readonly settledAt: number;
}

/** A hook of another monitor threw. Sent for the first failure of each monitor, and when one is detached. */
export interface MonitorFailed {
  readonly monitor: string;
  readonly hook: string;
  readonly error: unknown;
  /** Whether it was taken off, after ten failures in a row. */
  readonly detached: boolean;
}

/** The client of an HTTP request went away. */
export interface ClientDisconnected {
  readonly method: string;
  readonly phase: 'before_headers' | 'streaming';
}

/** The phases of a shutdown, in order. */
export const SHUTDOWN_PHASES = ['announce', 'intake', 'drain', 'cancel', 'force'] as const;

/** One of them. */
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

/** A phase of a shutdown is over. A phase that was not needed is not told of. */
export interface ShutdownPhaseEnded {
  readonly phase: ShutdownPhase;
  readonly startedAt: number;
  readonly endedAt: number;
  /** HTTP requests that were being answered when it began. */
  readonly requests: number;
  /** Scopes that were open then, as far as the shutdown cancels them. */
  readonly scopes: number;
  readonly requestsLeft: number;
  readonly scopesLeft: number;
}

/**
 * Receives lifecycle events, once registered by `registerMonitor`. All hooks are optional and synchronous.
 *
 * A hook that throws is caught and counted; after ten failures in a row the monitor is detached. No hook can change
 * an outcome.
 *
 * @example
 * registerMonitor({
 *   name: 'console',
 *   scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.reason),
 * });
 */
export interface Monitor {
  /** Names it in errors and in `cancellation_monitor_events_total`; default `monitor`. */
  readonly name?: string;
  tokenCreated?(event: TokenCreated): void;
  tokenCancelled?(event: TokenCancelled): void;
  cancelRequested?(event: CancelRequested): void;
  scopeOpened?(scope: ScopeInfo): void;
  cancelDelivered?(scope: ScopeInfo, event: CancelDelivered): void;
  cancelAcknowledged?(scope: ScopeInfo, event: CancelAcknowledged): void;
  cancelSlow?(scope: ScopeInfo, event: CancelSlow): void;
  scopeSettled?(scope: ScopeInfo, event: ScopeSettled): void;
  scopeIgnoredCancel?(scope: ScopeInfo, event: ScopeIgnoredCancel): void;
  zombieDetected?(scope: ScopeInfo, event: ZombieDetected): void;
  zombieEnded?(scope: ScopeInfo, event: ZombieEnded): void;
  scopeOrphaned?(scope: ScopeInfo, event: ScopeOrphaned): void;
  propagated?(event: Propagated): void;
  shieldLeft?(scope: ScopeInfo, event: ShieldLeft): void;
  deadlineFired?(scope: ScopeInfo, event: DeadlineFired): void;
  listenerFailed?(event: ListenerFailed): void;
  progressReported?(scope: ScopeInfo, event: ProgressReported): void;
  workerEnded?(scope: ScopeInfo, event: WorkerEnded): void;
  clientDisconnected?(event: ClientDisconnected): void;
  shutdownPhaseEnded?(scope: ScopeInfo, event: ShutdownPhaseEnded): void;
  monitorFailed?(event: MonitorFailed): void;
  /**
   * Runs a scope's body inside something: an active span, a log context. Calls `body` once and gives back what it
   * gave. Skipping it, repeating it or throwing is counted as a failure, and the body still runs exactly once.
   */
  runScope?(scope: ScopeInfo, body: ScopeBody): unknown;
  /** The trace position of whoever runs now, kept in causes as `spanContext`; of a scope's own span, if one is given. */
  spanContext?(scope?: ScopeInfo): SpanContextData | undefined;
  /** Told once when it is unregistered or detached: time to drop what it holds. */
  detached?(): void;
}
