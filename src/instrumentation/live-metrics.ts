/**
 * Live metrics: what is read when somebody collects, and kept by nobody in between.
 *
 * LM1. A scope name seen before keeps reporting, 0 if need be: a gauge that vanishes looks like a target that died.
 * LM2. A source that throws costs its own readings, counted as dropped, and never the collection.
 */
import type { MetricsBackend, Reading } from './instruments.ts';
import { BoundedLabels, MONITOR_NAMES_MAX } from './label-bounds.ts';
import type { ScopeReading } from './readings.ts';
import type { Samples } from './samples.ts';
import type { ScopeMetrics } from './scope-metrics.ts';
import { METRICS, type MetricDefinition } from './telemetry-table.ts';

/** Where live metrics are read from. */
export interface MetricsSources {
  openScopes(): Iterable<ScopeReading>;
  live(): { readonly tokens: number; readonly listeners: number };
  monitorEvents(): Iterable<{ readonly monitor: string; readonly result: string; readonly count: number }>;
  readonly version: string;
}

/** Has `backend` read all live metrics; `monitorName` is whose dropped samples are counted. */
export function observeLive(
  backend: MetricsBackend,
  scopes: BoundedLabels<ScopeMetrics>,
  samples: Samples,
  sources: MetricsSources,
  monitorName: string,
): void {
  const observe = (metric: MetricDefinition, read: () => Iterable<Reading>): void =>
    backend.observe(metric, () => collected(read, samples));
  const observeScopes = (metric: MetricDefinition, weigh: (scope: ScopeReading) => number, fold = sum): void =>
    observe(metric, () => perScope(scopes, sources, weigh, fold));

  observeScopes(METRICS.scopesActive, (scope) => (scope.zombie ? 0 : 1));
  observeScopes(METRICS.pending, (scope) => (isPending(scope) ? 1 : 0));
  observeScopes(METRICS.oldestPending, (scope) => (isPending(scope) ? ageOf(scope) : 0), Math.max);
  observeScopes(METRICS.zombies, (scope) => (scope.zombie ? 1 : 0));
  observe(METRICS.tokensActive, () => [[[], sources.live().tokens]]);
  observe(METRICS.listenersActive, () => [[[], sources.live().listeners]]);
  observe(METRICS.buildInfo, () => [[[sources.version], 1]]);
  const monitors = new BoundedLabels(MONITOR_NAMES_MAX, (monitor) => monitor);
  const own = monitors.of(monitorName);
  observe(METRICS.monitorEvents, () => monitorEvents(monitors, own, samples, sources));
}

function sum(left: number, right: number): number {
  return left + right;
}

function isPending(scope: ScopeReading): boolean {
  return scope.requestedAt !== undefined && !scope.zombie;
}

function ageOf({ clock, requestedAt = 0 }: ScopeReading): number {
  return Math.max(0, clock.now() - requestedAt) / 1000;
}

/** One reading for each scope name: `weigh` of its scopes, folded. */
function perScope(
  scopes: BoundedLabels<ScopeMetrics>,
  sources: MetricsSources,
  weigh: (scope: ScopeReading) => number,
  fold: (left: number, right: number) => number,
): Reading[] {
  const values = new Map<string, number>();
  for (const scope of sources.openScopes()) {
    const { label } = scopes.of(scope.name);
    values.set(label, fold(values.get(label) ?? 0, weigh(scope)));
  }
  return Array.from(scopes.all(), ({ label }) => [[label], values.get(label) ?? 0]); // LM1
}

function monitorEvents(
  monitors: BoundedLabels<string>,
  own: string,
  samples: Samples,
  sources: MetricsSources,
): Reading[] {
  const counts = new Map<string, Map<string, number>>([[own, new Map([['dropped', samples.dropped]])]]);
  for (const { monitor, result, count } of sources.monitorEvents()) {
    const label = monitors.of(monitor);
    let results = counts.get(label);
    if (results === undefined) counts.set(label, (results = new Map()));
    results.set(result, (results.get(result) ?? 0) + count);
  }
  return [...counts].flatMap(([monitor, results]) =>
    Array.from(results, ([result, count]): Reading => [[monitor, result], count]),
  );
}

/** What `read` gives, without values that are no numbers; nothing when it throws (LM2). */
function collected(read: () => Iterable<Reading>, samples: Samples): Reading[] {
  try {
    return [...read()].filter(([, value]) => {
      const good = Number.isFinite(value);
      if (!good) samples.drop();
      return good;
    });
  } catch {
    samples.drop();
    return [];
  }
}
