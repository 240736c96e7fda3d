/**
 * Links of a cancel's span: to whoever cancelled, and to where it all began.
 *
 * K1. From the effect to the cause: the canceller does not enclose what it cancels, so it is no parent.
 * K2. Only valid span contexts are linked; one span is linked once.
 */
import { isSpanContextValid, type Link, type SpanContext } from '@opentelemetry/api';
import { ATTRIBUTES } from '../../instrumentation/index.ts';
import type { CancellationCause, SpanContextData } from '../../token/index.ts';

/** How many ancestors are asked for a span context. */
const NEAREST = 64;

/** The links of the span of a cancel (K1). */
export function linksOf(cause: CancellationCause, remote: boolean): Link[] {
  const links: Link[] = [];
  const canceller = validContext(nearestSpanContext(cause), remote);
  if (canceller !== undefined) links.push(linkTo(canceller, 'canceller'));
  const root = validContext(cause.root.spanContext, remote);
  if (root !== undefined && root.spanId !== canceller?.spanId) links.push(linkTo(root, 'root_cause')); // K2
  return links;
}

function nearestSpanContext(cause: CancellationCause): SpanContextData | undefined {
  let current: CancellationCause | undefined = cause;
  for (let step = 0; step < NEAREST && current !== undefined; step++) {
    if (current.spanContext !== undefined) return current.spanContext;
    current = current.parent;
  }
  return undefined;
}

function validContext(data: SpanContextData | undefined, remote: boolean): SpanContext | undefined {
  if (data === undefined) return undefined;
  const { traceId, spanId, traceFlags } = data;
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined;
  const context: SpanContext = { traceId, spanId, traceFlags, ...(remote && { isRemote: true }) };
  return isSpanContextValid(context) ? context : undefined;
}

function linkTo(context: SpanContext, type: 'canceller' | 'root_cause'): Link {
  return { context, attributes: { [ATTRIBUTES.linkType]: type } };
}
