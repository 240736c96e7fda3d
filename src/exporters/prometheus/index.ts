export type { PrometheusClient, PrometheusRegistry } from './client-registry.ts';
export { MetricNameTakenError } from './metric-name-taken-error.ts';
export { metricsHandler, type ServedRegistry } from './metrics-handler.ts';
export { prometheusMonitor, type PrometheusMonitorOptions } from './prometheus-monitor.ts';
