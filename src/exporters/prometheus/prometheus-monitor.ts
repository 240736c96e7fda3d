/**
 * Prometheus monitor: the metrics of the telemetry table, in a registry of `prom-client` or `@prometheus-io/client`.
 *
 * PM1. The registry is injected. Its content type and its default labels apply, and nobody's metrics but ours change.
 * PM2. An update costs a few additions in cells of our own; text is made when the registry is scraped.
 * PM3. Unregistering the monitor takes its metrics out of the registry: the next one finds the names free.
 */
import { metricsMonitor, type Monitor } from '../../instrumentation/index.ts';
import { type Clock, InvalidArgumentError, type SpanContextData, systemClock } from '../../token/index.ts';
import type { PrometheusClient, PrometheusRegistry } from './client-registry.ts';
import { PrometheusBackend } from './prometheus-backend.ts';

/** Options of {@link prometheusMonitor}. */
export interface PrometheusMonitorOptions {
  /** Where the metrics go. Give it the OpenMetrics content type, before the first scrape, to have exemplars. */
  readonly registry: PrometheusRegistry;
  /** The package the registry is of; if given, a registry of any other package or copy is refused. */
  readonly client?: PrometheusClient;
  /** How many distinct scope names become label values; later ones count as `_OTHER`. Default 50. */
  readonly scopeNames?: { readonly max?: number };
  /** Gives exemplars their time. Default the system's. */
  readonly clock?: Clock;
  /** The trace position of the caller, for exemplars. Not needed beside an `openTelemetryMonitor`, which knows it. */
  readonly spanContext?: () => SpanContextData | undefined;
}

/**
 * A monitor that keeps the metrics of cancellation in a registry. Register it with `registerMonitor`.
 *
 * The names are in the registry from this call until the monitor is unregistered. A monitor serves one registration;
 * make another for the next.
 *
 * @throws {MetricNameTakenError} The registry has one of the names already; nothing was registered.
 * @throws {InvalidArgumentError} `registry` is none, or not of `client`; `scopeNames.max` is no integer of 0 or more.
 * @example
 * const registry = new client.Registry<client.OpenMetricsContentType>();
 * registry.setContentType(client.Registry.OPENMETRICS_CONTENT_TYPE); // once, before the first scrape: for exemplars
 * registerMonitor(prometheusMonitor({ registry }));
 * createServer(metricsHandler(registry)).listen(9464, '127.0.0.1');
 */
export function prometheusMonitor(options: PrometheusMonitorOptions): Monitor {
  const { registry, client, scopeNames, clock = systemClock, spanContext } = options;
  requireRegistry(registry, client);
  const backend = new PrometheusBackend(registry, clock);
  const monitor = metricsMonitor(backend, { name: 'prometheus', scopeNames });
  backend.register();
  return {
    ...monitor,
    ...(spanContext !== undefined && { spanContext }),
    detached: () => backend.unregister(),
  };
}

function requireRegistry(registry: unknown, client: PrometheusClient | undefined): void {
  const isRegistry =
    typeof registry === 'object' && registry !== null && 'registerMetric' in registry && 'getSingleMetric' in registry;
  if (!isRegistry) {
    throw new InvalidArgumentError('registry', 'a Registry of prom-client or @prometheus-io/client', registry);
  }
  if (client !== undefined && !(registry instanceof client.Registry)) {
    throw new InvalidArgumentError('registry', 'a Registry of the client that was given with it', registry);
  }
}
