/**
 * Wiring: the library to Prometheus and to OpenTelemetry. This is all that a service has to add.
 */
import { NodeSDK } from '@opentelemetry/sdk-node';
import prom from 'prom-client';
import { CancelledSpans } from './cancelled-spans.ts';
import {
  CancellationInstrumentation,
  configureTelemetry,
  type Monitor,
  prometheusMonitor,
  registerMonitor,
} from './cancelscope.ts';

/** From here on a cancel is slow, in ms. The default is 500; a demo has less time. */
export const SLOW_MS = 250;

/** What the demo shows of its telemetry. */
export interface Telemetry {
  readonly registry: prom.Registry<prom.RegistryContentType>;
  readonly spans: CancelledSpans;
  stop(): Promise<void>;
}

/** Starts the SDK and registers the monitors. */
export function startTelemetry(format: 'openmetrics' | 'plain'): Telemetry {
  configureTelemetry({ slowMs: SLOW_MS, historySize: 300 });

  const { OPENMETRICS_CONTENT_TYPE, PROMETHEUS_CONTENT_TYPE } = prom.Registry;
  const registry = new prom.Registry<prom.RegistryContentType>();
  registry.setContentType(format === 'plain' ? PROMETHEUS_CONTENT_TYPE : OPENMETRICS_CONTENT_TYPE);
  registerMonitor(prometheusMonitor({ registry }));
  registerMonitor(flakyMonitor());

  const spans = new CancelledSpans(40);
  const sdk = new NodeSDK({
    serviceName: 'cancelscope-demo',
    instrumentations: [new CancellationInstrumentation({ messages: true })],
    spanProcessors: [spans], // a service gives its trace exporter here, and leaves out what follows
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: false,
  });
  sdk.start();
  return { registry, spans, stop: () => sdk.shutdown() };
}

/** A monitor that fails now and then. It is counted in `cancellation_monitor_events_total`, and nobody else notices. */
function flakyMonitor(): Monitor {
  let events = 0;
  return {
    name: 'flaky-webhook',
    scopeSettled() {
      if (++events % 40 === 0) throw new Error('the webhook did not answer');
    },
  };
}
