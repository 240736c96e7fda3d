/** The two client packages the exporter works with, as one list for `describe.each`. */
import * as official from '@prometheus-io/client';
import prom from 'prom-client';

export const PLAIN = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export type ContentType = typeof PLAIN | typeof OPEN_METRICS;

/** A registry of either package, as far as tests use it. */
export interface TestRegistry {
  readonly contentType: string;
  registerMetric(metric: never): void;
  removeSingleMetric(name: string): void;
  getSingleMetric(name: string): unknown;
  metrics(): Promise<string>;
  setContentType(contentType: ContentType): void;
  resetMetrics(): void;
  setDefaultLabels(labels: object): void;
  getSingleMetricAsString(name: string): Promise<string>;
  getMetricsAsJSON(): Promise<readonly JsonMetric[]>;
  clear(): void;
}

/** A metric as JSON. */
export interface JsonMetric {
  readonly name: string;
  readonly aggregator: string;
  readonly values: readonly { readonly labels: object; readonly metricName?: string; readonly value: number }[];
}

/** A client package, as far as tests use it. */
export interface TestClient {
  readonly Registry: (new (contentType?: ContentType) => TestRegistry) & {
    merge(registries: readonly TestRegistry[]): TestRegistry;
  };
  readonly Counter: new (config: { name: string; help: string; registers: readonly TestRegistry[] }) => {
    inc(): void;
  };
  readonly AggregatorRegistry: { aggregate(metrics: readonly (readonly JsonMetric[])[]): TestRegistry };
}

export const CLIENTS: readonly (readonly [name: string, client: TestClient])[] = [
  ['prom-client', prom as unknown as TestClient],
  ['@prometheus-io/client', official as unknown as TestClient],
];
