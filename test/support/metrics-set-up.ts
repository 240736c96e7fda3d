/** A metrics monitor on a recording back end, with sources a test can set. */
import { metricsMonitor, type Monitor } from '../../src/instrumentation/index.ts';
import type { MetricsSources } from '../../src/instrumentation/live-metrics.ts';
import { type RecordingBackend, recordingBackend } from './recording-backend.ts';

const NO_SOURCES: MetricsSources = {
  openScopes: () => [],
  live: () => ({ tokens: 0, listeners: 0 }),
  monitorEvents: () => [],
  version: '1.2.3',
};

export interface MetricsSetUp {
  readonly backend: RecordingBackend;
  readonly monitor: Monitor;
  /** How many samples the monitor says it dropped. */
  dropped(): number | undefined;
}

export function setUpMetrics({
  sources = {},
  max,
}: { sources?: Partial<MetricsSources>; max?: number } = {}): MetricsSetUp {
  const backend = recordingBackend();
  const monitor = metricsMonitor(backend, {
    name: 'test',
    ...(max !== undefined && { scopeNames: { max } }),
    sources: { ...NO_SOURCES, ...sources },
  });
  return { backend, monitor, dropped: () => backend.readings('cancellation_monitor_events_total')['test,dropped'] };
}
