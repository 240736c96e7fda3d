/**
 * Prometheus metrics on the caller's own registry. No client package is imported: `prom-client` and its successor will do.
 */
export type { PrometheusClient, PrometheusRegistry } from './client-registry.ts';
export { MetricNameTakenError } from './metric-name-taken-error.ts';
export { metricsHandler, type ServedRegistry } from './metrics-handler.ts';
export { prometheusMonitor, type PrometheusMonitorOptions } from './prometheus-monitor.ts';
