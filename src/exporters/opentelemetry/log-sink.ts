/**
 * Where a log event goes: the Logs API, or, where there is none, the scope's span.
 *
 * G1. Nothing is built that the logger does not want.
 * G2. API 1.9 has no logs: without a logger that was handed in and takes records, the event goes on the scope's span,
 *     while that is recording.
 */
import type { Context, HrTime, Span } from '@opentelemetry/api';
import type { TelemetryAttributes } from './attributes.ts';
import type { LoggerLike } from './logger-like.ts';
import type { Providers } from './providers.ts';

/** One kind of log event: an entry of `LOG_EVENTS`. */
export interface LogEventKind {
  readonly name: string;
  readonly severity: number;
}

/** A log event on its way. */
export interface LogEvent {
  readonly timestamp: HrTime;
  readonly context: Context;
  /** Takes the event where there is no logger (G2). */
  readonly span: Span | undefined;
  readonly body: string;
  readonly attributes: () => TelemetryAttributes;
}

/** A severity no logger filters out. */
const FATAL4 = 24;

/** Writes one event (G1, G2). */
export function writeLogEvent(providers: Providers, apiHasLogs: boolean, kind: LogEventKind, event: LogEvent): void {
  const { timestamp, context, span, body } = event;
  const logger = providers.logger();
  if (logger !== undefined && (apiHasLogs || takesAny(logger))) {
    const { name: eventName, severity: severityNumber } = kind;
    if (logger.enabled?.({ severityNumber, eventName, context }) === false) return; // G1
    const attributes = event.attributes();
    logger.emit({
      eventName,
      timestamp,
      severityNumber,
      severityText: severityText(severityNumber),
      body,
      attributes,
      context,
    });
  } else if (span?.isRecording() === true) {
    span.addEvent(kind.name, event.attributes(), timestamp);
  }
}

/** Whether there is more behind `logger` than a place-holder. */
function takesAny(logger: LoggerLike): boolean {
  return logger.enabled?.({ severityNumber: FATAL4 }) !== false;
}

/** The short name of a severity number. @see https://opentelemetry.io/docs/specs/otel/logs/data-model/ */
export function severityText(severityNumber: number): string {
  const names = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
  return names[Math.floor((severityNumber - 1) / 4)] ?? 'INFO';
}
