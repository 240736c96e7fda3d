/**
 * Metrics sources of this process: where live metrics are read from, unless told otherwise.
 */
import type { MetricsSources } from './live-metrics.ts';
import { liveCounts, monitorEventCounts, openScopeReadings } from './readings.ts';
import { VERSION } from './version.ts';

/** This process. */
export const processSources: MetricsSources = {
  openScopes: openScopeReadings,
  live: liveCounts,
  monitorEvents: monitorEventCounts,
  version: VERSION,
};
