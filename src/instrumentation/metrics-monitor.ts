/**
 * Metrics monitor: the one mapping from lifecycle events to every metric of the telemetry table.
 *
 * MM1. Exporters differ in their {@link MetricsBackend} only: the same events give the same numbers everywhere.
 * MM2. Label values are bounded here (`label-bounds.ts`), before any back end sees them.
 * MM3. No hook throws, and no sample that is no good number reaches a back end (`samples.ts`).
 */
import { InvalidArgumentError } from '../token/index.ts';
import { CancelMetrics } from './cancel-metrics.ts';
import type { MetricsBackend } from './instruments.ts';
import { BoundedLabels, SCOPE_NAMES_MAX } from './label-bounds.ts';
import { type MetricsSources, observeLive } from './live-metrics.ts';
import { processSources } from './metrics-sources.ts';
import type { Monitor } from './monitor.ts';
import { Samples } from './samples.ts';
import { ScopeMetrics } from './scope-metrics.ts';
import { OTHER } from './telemetry-table.ts';

/** Settings of a {@link metricsMonitor}. */
export interface MetricsMonitorOptions {
  /** Name of the monitor, under which its dropped samples count too. */
  readonly name: string;
  /** How many distinct scope names become label values; the rest is `_OTHER`. Default 50. */
  readonly scopeNames?: { readonly max?: number } | undefined;
  /** Where gauges are read from; default this process. */
  readonly sources?: MetricsSources | undefined;
}

/**
 * A monitor that turns lifecycle events into the metrics of the telemetry table.
 *
 * @throws {InvalidArgumentError} `scopeNames.max` is no integer of 0 or more.
 */
export function metricsMonitor(backend: MetricsBackend, options: MetricsMonitorOptions): Monitor & { name: string } {
  const { name, sources = processSources } = options;
  const samples = new Samples();
  const cancels = new CancelMetrics(backend, samples);
  const scopes = new BoundedLabels(scopeNamesMax(options.scopeNames?.max), (label) => {
    cancels.mayLose(label);
    return new ScopeMetrics(label, backend, samples);
  });
  const endOf = (name: string): string => (name === OTHER ? OTHER : scopes.of(name).label);
  observeLive(backend, scopes, samples, sources, name);

  return {
    name,
    scopeOpened: (scope) => scopes.of(scope.name).opened(),
    scopeSettled: (scope, event) => scopes.of(scope.name).settled(scope, event),
    cancelRequested: (event) => cancels.requested(event),
    tokenCancelled: (event) => cancels.reached(event),
    cancelDelivered: (scope, event) => cancels.delivered(scope, event),
    cancelAcknowledged: (scope, event) => scopes.of(scope.name).acknowledged(event),
    cancelSlow: (scope, event) => scopes.of(scope.name).slow(event.cause),
    zombieEnded: (scope, event) => scopes.of(scope.name).zombieEnded(event.abandonedAt, event.endedAt),
    propagated: (event) => cancels.propagated(endOf(event.source), endOf(event.target), event),
    shieldLeft: (scope, { deferredMs }) => {
      if (deferredMs !== 0) scopes.of(scope.name).shielded(deferredMs);
    },
    workerEnded: (scope, { step }) => scopes.of(scope.name).workerEnded(step),
    deadlineFired: (_scope, event) => cancels.deadlineFired(event),
    listenerFailed: (event) => scopes.of(event.scopeName ?? OTHER).listenerFailed(),
    clientDisconnected: (event) => cancels.disconnected(event),
    shutdownPhaseEnded: (_scope, event) => cancels.shutdownPhaseEnded(event),
  };
}

function scopeNamesMax(max: number = SCOPE_NAMES_MAX): number {
  if (!Number.isSafeInteger(max) || max < 0) {
    throw new InvalidArgumentError('scopeNames.max', 'an integer, 0 or more', max);
  }
  return max;
}
