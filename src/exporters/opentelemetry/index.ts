/**
 * `cancelscope/opentelemetry`: spans, metrics and log events for OpenTelemetry, SDK 2 and 3.
 */
export type { TelemetryAttributes, TelemetryAttributeValue } from './attributes.ts';
export { CancellationInstrumentation, type CancellationInstrumentationConfig } from './instrumentation.ts';
export type { LogEventQuestion, LogEventRecord, LoggerLike, LoggerProviderLike } from './logger-like.ts';
export { openTelemetryMonitor } from './monitor.ts';
export type { ClassifyInfo, OpenTelemetryMonitorOptions } from './options.ts';
