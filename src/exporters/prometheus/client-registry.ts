/**
 * Client registry: the little that is asked of `prom-client` 15 or `@prometheus-io/client` 0.16.
 *
 * Structural on purpose: either package fits, and neither is imported, not even by a declaration file.
 */

/** A `Registry` of either client package. */
export interface PrometheusRegistry {
  /** The format it renders: plain text, or OpenMetrics, which has exemplars. */
  readonly contentType: string;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
  getSingleMetric(name: string): unknown;
}

/** A client package: what `import client from 'prom-client'` gives. */
export interface PrometheusClient {
  readonly Registry: abstract new (...args: never[]) => PrometheusRegistry;
}

/** Whether `registry` renders OpenMetrics. */
export function rendersOpenMetrics(registry: Pick<PrometheusRegistry, 'contentType'>): boolean {
  return registry.contentType.startsWith('application/openmetrics-text');
}
