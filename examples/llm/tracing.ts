/**
 * Tracing: cancelscope makes a span of each scope; this adds the links between those of the segments.
 */
import { type Attributes, type SpanContext, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { CancellationInstrumentation } from 'cancelscope/opentelemetry';

/** A finished span of a segment. */
export interface SegmentSpan {
  readonly spanId: string;
  readonly traceId: string;
  readonly attributes: Attributes;
  /** The spans it links to. */
  readonly linkedTo: readonly string[];
}

/** What runs while there are spans. */
export interface Tracing {
  /** The spans of segments that have ended, oldest first. */
  readonly segments: readonly SegmentSpan[];
  stop(): Promise<void>;
}

/** Starts the SDK. A service gives its trace exporter to it here. */
export function startTracing(): Tracing {
  const segments: SegmentSpan[] = [];
  const sdk = new NodeSDK({
    serviceName: 'llm-example',
    instrumentations: [new CancellationInstrumentation({ messages: true })],
    spanProcessors: [keepSegments(segments)],
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: false,
  });
  sdk.start();
  return { segments, stop: () => sdk.shutdown() };
}

/**
 * Links the active span to the one that was active at the call before. Called once in each segment: its scope's span is
 * active there.
 */
export function spanLinker(): () => void {
  let before: SpanContext | undefined;
  return () => {
    const span = trace.getActiveSpan();
    if (span === undefined) return;
    if (before !== undefined) span.addLink({ context: before, attributes: { 'llm.link.type': 'segment_before' } });
    before = span.spanContext();
  };
}

function keepSegments(segments: SegmentSpan[]): SpanProcessor {
  return {
    onStart() {},
    onEnd(span: ReadableSpan) {
      if (span.name !== 'llm-segment') return;
      const { attributes, links } = span;
      const { spanId, traceId } = span.spanContext();
      segments.push({ spanId, traceId, attributes, linkedTo: links.map(({ context }) => context.spanId) });
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
