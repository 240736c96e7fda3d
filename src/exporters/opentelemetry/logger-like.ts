/**
 * Loggers, by shape: the Logs API came with API 1.10, and before that lived in a package of its own.
 */
import type { Context, HrTime } from '@opentelemetry/api';
import type { TelemetryAttributes } from './attributes.ts';

/** One log event. */
export interface LogEventRecord {
  readonly eventName: string;
  readonly timestamp: HrTime;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: TelemetryAttributes;
  readonly context: Context;
}

/** What a log event is asked by before it is built. */
export interface LogEventQuestion {
  readonly severityNumber: number;
  readonly eventName?: string;
  readonly context?: Context;
}

/** A logger of the OpenTelemetry Logs API. */
export interface LoggerLike {
  emit(record: LogEventRecord): void;
  enabled?(question?: LogEventQuestion): boolean;
}

/** A logger provider of the OpenTelemetry Logs API. */
export interface LoggerProviderLike {
  getLogger(name: string, version?: string, options?: { schemaUrl?: string }): LoggerLike;
}
