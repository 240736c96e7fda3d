/**
 * Prometheus metrics at the port that was asked for, with the client package that the program has.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  prometheusMonitor,
  type PrometheusClient,
  type PrometheusRegistry,
  type ServedRegistry,
} from '../exporters/prometheus/index.ts';
import { registerMonitor } from '../instrumentation/index.ts';
import { type MetricsAddress, serveMetrics } from './metrics-server.ts';
import { warn } from './warn.ts';

const PACKAGES = ['prom-client', '@prometheus-io/client'];

type Registry = PrometheusRegistry & ServedRegistry;

/** Serves them, or says what is missing. */
export function startPrometheus(address: MetricsAddress): void {
  const client = findClient();
  if (client === undefined) {
    warn(`CANCELSCOPE_METRICS_PORT needs ${PACKAGES.join(' or ')}; install one of them. No metrics are served`);
    return;
  }
  const registry = new (client.Registry as unknown as new () => Registry)(); // never the program's own
  registerMonitor(prometheusMonitor({ registry }));
  serveMetrics(registry, address);
}

/** A client package, as the program sees it, or else as we do. */
function findClient(): PrometheusClient | undefined {
  const [, program] = process.argv;
  const froms = [...(program === undefined ? [] : [program]), join(process.cwd(), 'package.json'), import.meta.url];
  for (const from of froms) {
    for (const name of PACKAGES) {
      const found = tryRequire(from, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function tryRequire(from: string, name: string): PrometheusClient | undefined {
  try {
    return createRequire(from)(name) as PrometheusClient;
  } catch {
    return undefined;
  }
}
