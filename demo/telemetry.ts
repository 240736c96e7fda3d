/**
 * Wiring: the library to Prometheus and to OpenTelemetry. This is all that a service has to add.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import prom from 'prom-client';
import { CancelledSpans } from './cancelled-spans.ts';
import {
  CancellationInstrumentation,
  configureTelemetry,
  type Monitor,
  prometheusMonitor,
  registerMonitor,
} from './cancelscope.ts';
import type { Options } from './options.ts';

/** From here on a cancel is slow, in ms. The default is 500; a demo has less time. */
export const SLOW_MS = 250;

/** After so long without a collector the demo ends without having sent its last spans, in ms. */
const SEND_WITHIN_MS = 2_000;

/** What the demo shows of its telemetry. */
export interface Telemetry {
  readonly registry: prom.Registry<prom.RegistryContentType>;
  readonly spans: CancelledSpans;
  stop(): Promise<void>;
}

/** Starts the SDK and registers the monitors. */
export function startTelemetry({ format, otlp }: Pick<Options, 'format' | 'otlp'>): Telemetry {
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
    spanProcessors: [spans, ...(otlp === undefined ? [] : [sentTo(otlp)])], // a service leaves out what follows
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: false,
  });
  sdk.start();
  return { registry, spans, stop: () => sdk.shutdown() };
}

/** Sends every span to a collector. */
function sentTo(url: string): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', url).href, timeoutMillis: SEND_WITHIN_MS });
  return new BatchSpanProcessor({ exporter });
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
