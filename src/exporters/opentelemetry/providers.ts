/**
 * Providers: where tracer, meter and logger come from, found again whenever the provider changes.
 *
 * P1. A provider that was given wins over the global one; one that does nothing counts as not given (an SDK hands out
 *     its place-holders before it has started).
 * P2. Global tracers and loggers are proxied by the API and meters are not: so the meter is asked for at each event,
 *     and a provider that comes late is found by the next one.
 * P3. Our instrumentation scope is the package: name, version, schema URL.
 */
import * as api from '@opentelemetry/api';
import type { Meter, MeterProvider, Tracer, TracerProvider } from '@opentelemetry/api';
import { VERSION } from '../../instrumentation/index.ts';
import type { LoggerLike, LoggerProviderLike } from './logger-like.ts';

/** The instrumentation scope of all that is sent (P3). */
export const INSTRUMENTATION_NAME = 'cancelscope';

/** The semantic conventions that the attributes not of our own follow. */
export const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.41.0';

const SCOPE_OPTIONS = { schemaUrl: SCHEMA_URL };

/** The global Logs API; undefined in API 1.9, which has none. */
const globalLogs = (api as { logs?: { getLoggerProvider(): LoggerProviderLike } }).logs;

/** The providers of one monitor. */
export class Providers {
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #loggerProvider: LoggerProviderLike | undefined;

  #tracerFrom: TracerProvider | undefined;
  #tracer: Tracer | undefined;
  #meterFrom: MeterProvider | undefined;
  #meter: Meter | undefined;
  #loggerFrom: LoggerProviderLike | undefined;
  #logger: LoggerLike | undefined;

  setTracerProvider(provider: TracerProvider | undefined): void {
    // The global proxy given back to us stands for "the global one", also for a later one.
    this.#tracerProvider = provider === api.trace.getTracerProvider() ? undefined : provider;
  }

  setMeterProvider(provider: MeterProvider | undefined): void {
    this.#meterProvider = provider === undefined || meterOf(provider) === undefined ? undefined : provider; // P1
  }

  setLoggerProvider(provider: LoggerProviderLike | undefined): void {
    this.#loggerProvider = provider === globalLogs?.getLoggerProvider() ? undefined : provider;
  }

  tracer(): Tracer {
    const provider = this.#tracerProvider ?? api.trace.getTracerProvider();
    if (this.#tracer === undefined || provider !== this.#tracerFrom) {
      this.#tracerFrom = provider;
      // Not `trace.getTracer`: it drops the options.
      this.#tracer = provider.getTracer(INSTRUMENTATION_NAME, VERSION, SCOPE_OPTIONS);
    }
    return this.#tracer;
  }

  /** The meter; undefined while there is none that measures (P2). */
  meter(): Meter | undefined {
    const provider = this.#meterProvider ?? api.metrics.getMeterProvider();
    if (provider !== this.#meterFrom) {
      this.#meterFrom = provider;
      this.#meter = meterOf(provider);
    }
    return this.#meter;
  }

  /** The logger; undefined where the API has no logs and none was given that takes any. */
  logger(): LoggerLike | undefined {
    const provider = this.#loggerProvider ?? globalLogs?.getLoggerProvider();
    if (provider === undefined) return undefined;
    if (this.#logger === undefined || provider !== this.#loggerFrom) {
      this.#loggerFrom = provider;
      this.#logger = provider.getLogger(INSTRUMENTATION_NAME, VERSION, SCOPE_OPTIONS);
    }
    return this.#logger;
  }
}

function meterOf(provider: MeterProvider): Meter | undefined {
  const meter = provider.getMeter(INSTRUMENTATION_NAME, VERSION, SCOPE_OPTIONS);
  return meter === api.createNoopMeter() ? undefined : meter;
}

/** Whether the API itself has logs. */
export const apiHasLogs = globalLogs !== undefined;
