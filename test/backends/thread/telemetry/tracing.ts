/** An OpenTelemetry SDK in memory, on whatever thread, with a monitor of this library. */
import { context } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { openTelemetryMonitor } from '../../../../src/exporters/opentelemetry/index.ts';
import { registerMonitor } from '../../../../src/index.ts';
import { enableContexts, memorySdk } from '../../../exporters/opentelemetry/harness.ts';

/** A finished span, as data. */
export interface SpanData {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  /** The spans it links to, by their ids. */
  readonly linkedTo: readonly string[];
  readonly attributes: ReadableSpan['attributes'];
  /** From when to when, in ms since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Tracing under way; disposed, it stops. */
export interface Tracing extends Disposable {
  /** The spans that have ended, by name; of several of one name the last one. */
  spans(): Record<string, SpanData>;
  /** How many spans have ended. */
  count(): number;
  /** Calls `inside` in an active span. */
  inSpan<T>(name: string, inside: () => T): T;
}

/** Starts it; `spans`: which scopes have one. */
export function startTracing(spans: 'all' | 'cancelled' = 'all'): Tracing {
  enableContexts();
  const sdk = memorySdk();
  const { tracerProvider } = sdk;
  const registration = registerMonitor(openTelemetryMonitor({ tracerProvider, spans, metrics: 'off', logs: false }));
  return {
    spans: () => Object.fromEntries(sdk.spans().map((span) => [span.name, dataOf(span)])),
    count: () => sdk.spans().length,
    inSpan: (name, inside) =>
      tracerProvider.getTracer('service').startActiveSpan(name, (span) => {
        try {
          return inside();
        } finally {
          span.end();
        }
      }),
    [Symbol.dispose]() {
      registration[Symbol.dispose]();
      context.disable();
    },
  };
}

function dataOf(span: ReadableSpan): SpanData {
  const { traceId, spanId } = span.spanContext();
  return {
    name: span.name,
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId,
    linkedTo: span.links.map(({ context }) => context.spanId),
    attributes: { ...span.attributes },
    from: span.startTime[0] * 1e3 + span.startTime[1] / 1e6,
    to: span.endTime[0] * 1e3 + span.endTime[1] / 1e6,
  };
}
