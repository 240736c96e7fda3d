/**
 * The OpenTelemetry monitor: lifecycle events become spans, log events and metrics.
 *
 * W1. No hook that takes an event throws; what goes wrong inside is told to OpenTelemetry's `diag`, at most ten times a
 *     minute.
 * W2. What is remembered of a scope is dropped with its end, and everything when the monitor is unregistered.
 */
import { diag } from '@opentelemetry/api';
import { ATTRIBUTES, type Monitor } from '../../instrumentation/index.ts';
import type { ScopeInfo } from '../../token/index.ts';
import { Claim } from './claim.ts';
import { combined, type EventHooks, type Taker } from './event-hooks.ts';
import { Logs } from './logs.ts';
import { Metrics } from './metrics.ts';
import { askUser, type OpenTelemetryMonitorOptions, type Settings, settingsOf } from './options.ts';
import { Providers } from './providers.ts';
import { RateLimit } from './rate-limit.ts';
import { ScopeRecords } from './scope-records.ts';
import { activeSpanContext, Spans } from './spans.ts';

/** How the monitor is called in errors and in `cancellation_monitor_events_total`. */
export const MONITOR_NAME = 'opentelemetry';

const COMPLAINTS_PER_MINUTE = 10;

/**
 * A monitor that sends spans, metrics and log events to OpenTelemetry. Costs nothing until it is registered; works
 * also when the SDK starts later.
 *
 * Registering it beside a {@link CancellationInstrumentation}, or twice, sends nothing twice: one of them is silent,
 * unless it was given a provider of its own.
 *
 * @throws {InvalidArgumentError} An option is something it cannot be.
 *
 * @example
 * registerMonitor(openTelemetryMonitor());
 */
export function openTelemetryMonitor(options: OpenTelemetryMonitorOptions = {}): Monitor {
  const providers = new Providers();
  providers.setTracerProvider(options.tracerProvider);
  providers.setMeterProvider(options.meterProvider);
  providers.setLoggerProvider(options.loggerProvider);
  return monitorOn(providers, settingsOf(options), new Claim(hasOwnProviders(options)));
}

/** Whether any provider was given. */
export function hasOwnProviders(options: OpenTelemetryMonitorOptions): boolean {
  return [options.tracerProvider, options.meterProvider, options.loggerProvider].some((each) => each !== undefined);
}

/** The monitor, on providers that may change while it runs. @internal */
export function monitorOn(
  providers: Providers,
  settings: Settings,
  claim: Claim,
  records = new ScopeRecords(),
): Monitor {
  const limit = new RateLimit(COMPLAINTS_PER_MINUTE);
  const failed = (error: unknown): void => {
    if (limit.take() !== undefined) diag.error('cancelscope: the OpenTelemetry monitor failed', error); // W1
  };
  const spans = new Spans(providers, settings);
  const takers: Taker[] = [];
  if (settings.spans !== 'none' || settings.logs) {
    takers.push({ hooks: scopeHooks(spans, new Logs(providers, settings), settings, records) });
  }
  const metrics = settings.metrics === 'off' ? undefined : new Metrics(providers, settings.metrics, MONITOR_NAME);
  if (metrics !== undefined) takers.push({ hooks: metrics.events, isOpen: () => metrics.isOpen() });

  return {
    name: MONITOR_NAME,
    ...combined(takers, () => claim.held(), failed),
    spanContext: (scope) => (scope === undefined ? activeSpanContext() : spans.contextOf(scope, records.get(scope))),
    ...(settings.spans === 'all' && {
      runScope: (scope, body) => {
        const record = records.get(scope);
        return record === undefined ? body() : spans.run(record, body);
      },
    }),
    detached: () => {
      claim.release();
      metrics?.stop();
      for (const record of records.drain()) spans.giveUp(record); // W2
    },
  };
}

/** What spans and log events share: the records of the open scopes. */
function scopeHooks(spans: Spans, logs: Logs, settings: Settings, records: ScopeRecords): EventHooks {
  const { ignore } = settings;
  const isIgnored = (scope: ScopeInfo): boolean =>
    ignore !== undefined && askUser(() => ignore(scope), [true, false], false);
  return {
    scopeOpened: (scope) => {
      if (records.isFull || isIgnored(scope)) return;
      const parent = scope.foreign?.parent;
      records.set(scope, spans.open(scope, parent && records.get(parent)));
    },
    ...(settings.spans !== 'none' && {
      tokenCancelled: ({ cause, targets }) => spans.reached(cause, targets),
    }),
    ...(settings.logs && {
      cancelDelivered: (scope, event) => {
        const record = records.get(scope);
        if (record !== undefined) logs.delivered(record, scope, event);
      },
      cancelSlow: (scope, event) => {
        const record = records.get(scope);
        if (record !== undefined) logs.slow(record, scope, event);
      },
      zombieDetected: (scope, event) => {
        const record = records.get(scope);
        if (record !== undefined) logs.zombieDetected(record, scope, event);
      },
      zombieEnded: (scope, event) => {
        const record = records.get(scope);
        records.drop(scope); // W2
        if (record !== undefined) logs.zombieEnded(record, scope, event);
      },
      listenerFailed: (event) => logs.listenerFailed(event),
      monitorFailed: (event) => logs.monitorFailed(event),
      shutdownPhaseEnded: (scope, event) => logs.shutdownPhaseEnded(records.get(scope), scope, event),
    }),
    ...(settings.spans !== 'none' && {
      workerEnded: (scope, { step }) => void records.get(scope)?.span?.setAttribute(ATTRIBUTES.workerEnd, step),
    }),
    scopeSettled: (scope, event) => {
      const record = records.get(scope);
      if (record === undefined) return;
      // An abandoned scope is heard of once more, by its log event.
      if (event.outcome !== 'abandoned' || !settings.logs) records.drop(scope); // W2
      spans.prepare(record, scope, event);
      try {
        if (settings.logs) logs.settled(record, scope, event);
      } finally {
        spans.settle(record, scope, event);
      }
    },
  };
}
