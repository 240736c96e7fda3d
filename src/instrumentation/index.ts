/**
 * Layer 1: monitors, the telemetry table, phase timing, detectors, bounded labels, the registry.
 */
export {
  addRegistryPeer,
  answer,
  everywhere,
  type EverywhereOptions,
  type PlacedScope,
  type RegistryPeer,
  type RegistryQuestion,
  type ScopesEverywhere,
} from './everywhere.ts';
export { reportClientDisconnect } from './client-disconnect.ts';
export { type EventBatch, flushForwarding, Forwarding } from './forwarding.ts';
export type { HistoryRecord } from './history.ts';
export type { BoundCounter, BoundHistogram, MetricsBackend, Reading } from './instruments.ts';
export {
  type CancelSlow,
  type ClientDisconnected,
  type Monitor,
  type MonitorFailed,
  type ScopeIgnoredCancel,
  SHUTDOWN_PHASES,
  type ShutdownPhase,
  type ShutdownPhaseEnded,
} from './monitor.ts';
export * from './label-bounds.ts';
export { announceLossyBoundary } from './lossy-boundaries.ts';
export { metricsMonitor, type MetricsMonitorOptions } from './metrics-monitor.ts';
export { EVENT_HOOK_NAMES, EVENT_HOOKS, type EventHook } from './monitor-hooks.ts';
export {
  liveCounts,
  type MonitorEventCount,
  monitorEventCounts,
  openScopeReadings,
  registeredMonitorNames,
  type ScopeReading,
} from './readings.ts';
export { onMonitorsChanged, wantedFromThreads } from './hub.ts';
export { RemoteScopes } from './remote-scopes.ts';
export { registerMonitor } from './register-monitor.ts';
export { type CancelFilter, type CancelResult, registry, type ScopeSnapshot, type ScopeTree } from './registry.ts';
export { configureTelemetry, type TelemetrySettings } from './settings.ts';
export { onScopeSettled, reportShutdownPhase } from './shutdown-phase.ts';
export {
  ATTRIBUTES,
  LABELS,
  type LabelName,
  LOG_EVENTS,
  type MetricDefinition,
  type MetricKey,
  METRICS,
  OTHER,
} from './telemetry-table.ts';
export { VERSION } from './version.ts';
