/**
 * The last spans of cancelled work, in memory: what a tracing back end would show.
 */
import { type Attributes, type HrTime, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** A span processor that keeps the last spans of cancelled work and exports nothing. */
export class CancelledSpans implements SpanProcessor {
  readonly #kept: ReadableSpan[] = [];
  readonly #size: number;

  /** @param size - How many it keeps. */
  constructor(size: number) {
    this.#size = size;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (span.attributes['cancellation.reason'] === undefined) return;
    this.#kept.unshift(span);
    this.#kept.length = Math.min(this.#kept.length, this.#size);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  /** One line a span, the last one first. */
  lines(count = this.#size): string[] {
    return this.#kept.slice(0, count).map(lineOf);
  }

  /** Everything of each, the last one first. */
  text(): string {
    if (this.#kept.length === 0) return 'no work has been cancelled yet\n';
    return `${this.#kept.map((span) => [lineOf(span), ...detailsOf(span)].join('\n')).join('\n\n')}\n`;
  }
}

function lineOf(span: ReadableSpan): string {
  const { attributes, name, status } = span;
  const outcome = text(attributes, 'cancellation.outcome');
  const reason = text(attributes, 'cancellation.root_reason');
  const duration = `${milliseconds(span.duration).toFixed(1)} ms`;
  const error = status.code === SpanStatusCode.ERROR ? `  error ${text(attributes, 'error.type')}` : '';
  return `${name.padEnd(30)} ${outcome.padEnd(10)} ${reason.padEnd(11)} ${duration.padStart(10)}${error}`;
}

function detailsOf(span: ReadableSpan): string[] {
  const { traceId, spanId } = span.spanContext();
  const parent = span.parentSpanContext;
  return [
    `  trace ${traceId}  span ${spanId}${parent === undefined ? '' : `  parent ${parent.spanId}`}`,
    ...span.links.map(
      ({ context, attributes = {} }) =>
        `  link ${text(attributes, 'cancellation.link.type')}: trace ${context.traceId}  span ${context.spanId}`,
    ),
    ...Object.entries(span.attributes).map(([key, value]) => `  ${key} = ${String(value)}`),
  ];
}

function text(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : '';
}

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}
