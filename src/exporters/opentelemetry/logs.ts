/**
 * Log events: what happened to a cancel, in words a log search finds.
 *
 * V1. `requested` once a cancel and scope it first hit, not for each below; `settled` for every scope that was cancelled.
 * V2. An event belongs to the trace of its scope, whoever caused it.
 * V3. Errors of user code come at most {@link ERRORS_PER_MINUTE} a minute; the next one says how many did not.
 * V4. `exception.type` is set by hand: the SDK would take the `code`, which is 20 or 23 for an abort.
 */
import { context } from '@opentelemetry/api';
import {
  ATTRIBUTES,
  type CancelSlow,
  LOG_EVENTS,
  type MonitorFailed,
  type ShutdownPhaseEnded,
} from '../../instrumentation/index.ts';
import {
  systemClock,
  type CancelDelivered,
  type CancellationCause,
  type ListenerFailed,
  type ScopeInfo,
  type ScopeSettled,
  type ZombieDetected,
  type ZombieEnded,
} from '../../token/index.ts';
import {
  boundedMessage,
  causeAttributes,
  phaseAttributes,
  sourceThreadAttributes,
  type TelemetryAttributes,
} from './attributes.ts';
import { errorMessageOf, errorTypeOf } from './error-type.ts';
import { hrTime, secondsBetween } from './hr-time.ts';
import { type LogEventKind, writeLogEvent } from './log-sink.ts';
import type { Settings } from './options.ts';
import { apiHasLogs, type Providers } from './providers.ts';
import { RateLimit } from './rate-limit.ts';
import { ScopeRecord } from './scope-record.ts';

/** How many errors of user code are told a minute (V3). */
export const ERRORS_PER_MINUTE = 10;

/** Writes the log events of one monitor. */
export class Logs {
  readonly #providers: Providers;
  readonly #settings: Settings;
  readonly #listenerErrors = new RateLimit(ERRORS_PER_MINUTE);
  readonly #monitorErrors = new RateLimit(ERRORS_PER_MINUTE);

  constructor(providers: Providers, settings: Settings) {
    this.#providers = providers;
    this.#settings = settings;
  }

  delivered(record: ScopeRecord, scope: ScopeInfo, event: CancelDelivered): void {
    if (event.depth > 0) return; // V1
    const { reason } = event.cause;
    const kind = reason === 'timeout' || reason === 'deadline' ? LOG_EVENTS.expired : LOG_EVENTS.requested;
    this.#write(kind, record, scope, event.requestedAt, `cancel of "${scope.name}" requested: ${reason}`, () => ({
      ...this.#about(scope, event.cause),
      [ATTRIBUTES.depth]: event.depth,
      [ATTRIBUTES.boundary]: event.boundary,
    }));
  }

  slow(record: ScopeRecord, scope: ScopeInfo, event: CancelSlow): void {
    const at = event.requestedAt + event.thresholdMs;
    const body = `"${scope.name}" has not stopped ${event.thresholdMs} ms after it was cancelled`;
    this.#write(LOG_EVENTS.slow, record, scope, at, body, () => ({
      ...this.#about(scope, event.cause),
      [ATTRIBUTES.age]: event.thresholdMs / 1000,
    }));
  }

  settled(record: ScopeRecord, scope: ScopeInfo, event: ScopeSettled): void {
    const { cause, outcome, settledAt } = event;
    if (cause === undefined) return; // V1
    this.#write(LOG_EVENTS.settled, record, scope, settledAt, `"${scope.name}" ended: ${outcome}`, () => ({
      ...this.#about(scope, cause),
      ...phaseAttributes(event),
      [ATTRIBUTES.outcome]: outcome,
    }));
  }

  zombieDetected(record: ScopeRecord, scope: ScopeInfo, event: ZombieDetected): void {
    const body = `"${scope.name}" goes on although its caller has stopped waiting`;
    this.#write(LOG_EVENTS.zombieDetected, record, scope, event.abandonedAt, body, () =>
      this.#about(scope, event.cause),
    );
  }

  zombieEnded(record: ScopeRecord, scope: ScopeInfo, event: ZombieEnded): void {
    const { abandonedAt, endedAt, result } = event;
    const body = `"${scope.name}" ended at last: ${result}`;
    this.#write(LOG_EVENTS.zombieEnded, record, scope, endedAt, body, () => ({
      ...scopeAttributes(scope),
      [ATTRIBUTES.age]: secondsBetween(abandonedAt, endedAt),
    }));
  }

  listenerFailed({ token, scopeName, error }: ListenerFailed): void {
    const owner = scopeName ?? token.name;
    this.#writeError(LOG_EVENTS.listenerFailed, this.#listenerErrors, `a listener of "${owner}" failed`, error, {
      [ATTRIBUTES.scopeName]: owner,
    });
  }

  monitorFailed({ monitor, error }: MonitorFailed): void {
    this.#writeError(LOG_EVENTS.monitorFailed, this.#monitorErrors, `monitor "${monitor}" failed`, error, {
      [ATTRIBUTES.monitorName]: monitor,
    });
  }

  /** Its scope is as old as the process, so it may have no record: it was open before the monitor was. */
  shutdownPhaseEnded(record: ScopeRecord | undefined, scope: ScopeInfo, event: ShutdownPhaseEnded): void {
    const { phase, startedAt, endedAt, requestsLeft, scopesLeft } = event;
    const kind = phase === 'force' ? LOG_EVENTS.shutdownForced : LOG_EVENTS.shutdownPhaseEnded;
    const body = `shutdown: ${phase} is over, ${requestsLeft} requests and ${scopesLeft} scopes left`;
    this.#write(kind, record ?? new ScopeRecord(context.active()), scope, endedAt, body, () => ({
      ...scopeAttributes(scope),
      [ATTRIBUTES.shutdownPhase]: phase,
      [ATTRIBUTES.shutdownDuration]: secondsBetween(startedAt, endedAt),
      [ATTRIBUTES.shutdownRequestsLeft]: requestsLeft,
      [ATTRIBUTES.shutdownScopesLeft]: scopesLeft,
    }));
  }

  #about(scope: ScopeInfo, cause: CancellationCause): TelemetryAttributes {
    return {
      ...scopeAttributes(scope),
      ...causeAttributes(cause, this.#settings.messages),
      ...sourceThreadAttributes(cause),
    };
  }

  #write(
    kind: LogEventKind,
    record: ScopeRecord,
    scope: ScopeInfo,
    at: number,
    body: string,
    attributes: () => TelemetryAttributes,
  ): void {
    const timestamp = record.timeOf(scope, at);
    writeLogEvent(this.#providers, apiHasLogs, kind, {
      timestamp,
      context: record.context, // V2
      span: record.span,
      body,
      attributes,
    });
  }

  #writeError(
    kind: LogEventKind,
    limit: RateLimit,
    what: string,
    error: unknown,
    attributes: TelemetryAttributes,
  ): void {
    const heldBack = limit.take();
    if (heldBack === undefined) return; // V3
    const message = this.#settings.messages ? boundedMessage(errorMessageOf(error)) : undefined;
    writeLogEvent(this.#providers, apiHasLogs, kind, {
      timestamp: hrTime(systemClock.toWallTime(systemClock.now())),
      context: context.active(),
      span: undefined,
      body: heldBack === 0 ? what : `${what} (${heldBack} more before this were not written)`,
      attributes: () => ({
        ...attributes,
        ...(error !== undefined && { [ATTRIBUTES.exceptionType]: errorTypeOf(error) }), // V4
        ...(message !== undefined && { [ATTRIBUTES.exceptionMessage]: message }),
        ...(heldBack > 0 && { [ATTRIBUTES.suppressed]: heldBack }),
      }),
    });
  }
}

function scopeAttributes(scope: ScopeInfo): TelemetryAttributes {
  return { [ATTRIBUTES.scopeName]: scope.name, [ATTRIBUTES.scopeId]: scope.id };
}
