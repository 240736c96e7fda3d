/** A Prometheus monitor on a registry of either client package, with a clock that stands still. */
import { prometheusMonitor } from '../../src/exporters/prometheus/index.ts';
import { METRICS, type Monitor } from '../../src/instrumentation/index.ts';
import type { Clock } from '../../src/token/index.ts';
import { type ContentType, OPEN_METRICS, PLAIN, type TestClient, type TestRegistry } from './client-packages.ts';
import { type Exposition, parseExposition } from './exposition.ts';

export const DEFINITIONS = Object.values(METRICS);

/** What the clock says, in seconds since 1970. */
export const WALL_TIME_S = 1_700_000_000.5;

export interface PrometheusSetUp {
  readonly registry: TestRegistry;
  readonly monitor: Monitor;
  scrape(): Promise<Exposition>;
}

export function setUpPrometheus(
  client: TestClient,
  { contentType = PLAIN, max }: { contentType?: ContentType; max?: number } = {},
): PrometheusSetUp {
  const registry = new client.Registry(contentType);
  const monitor = prometheusMonitor({
    registry,
    client,
    clock: { now: () => 0, toWallTime: () => WALL_TIME_S * 1000 } as unknown as Clock,
    ...(max !== undefined && { scopeNames: { max } }),
  });
  return { registry, monitor, scrape: async () => parseExposition(await registry.metrics()) };
}

/** What the format calls a metric of ours. */
export function familyName(prometheusName: string, contentType: ContentType): string {
  return contentType === OPEN_METRICS ? prometheusName.replace(/_total$/, '') : prometheusName;
}
