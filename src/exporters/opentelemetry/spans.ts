/**
 * Spans: one a scope, one a cancel.
 *
 * X1. A scope's span is active while its body runs, and nowhere else.
 * X2. A span made afterwards gets an explicit start and an explicit end: with a given start and no end, the SDK takes
 *     the wall clock of the moment.
 * X3. Where the parent is not sampled, or tracing is suppressed, nothing is made afterwards.
 * X4. No exception is ever recorded on a span: for an abort it would be noise, for a failure it belongs to the logs.
 */
import {
  context,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { ATTRIBUTES } from '../../instrumentation/index.ts';
import type { CancellationCause, ScopeInfo, ScopeSettled, SpanContextData } from '../../token/index.ts';
import {
  boundedMessage,
  causeAttributes,
  openingAttributes,
  phaseAttributes,
  sourceThreadAttributes,
} from './attributes.ts';
import { errorMessageOf } from './error-type.ts';
import { linksOf } from './links.ts';
import type { Settings } from './options.ts';
import type { Providers } from './providers.ts';
import { ScopeRecord } from './scope-record.ts';
import { errorTypeFor } from './status.ts';

/** Makes the spans of one monitor. */
export class Spans {
  readonly #providers: Providers;
  readonly #settings: Settings;
  /** How many tokens each cancel reached; weak, so a cause is kept by nobody here. */
  readonly #targets = new WeakMap<CancellationCause, number>();
  /** Where the spans of cancelled scopes are, for monitors that hear of the end later. */
  readonly #ended = new WeakMap<ScopeInfo, SpanContextData>();

  constructor(providers: Providers, settings: Settings) {
    this.#providers = providers;
    this.#settings = settings;
  }

  /** What to remember of a scope that opens now; its span is started where every scope has one. */
  open(scope: ScopeInfo, parent: ScopeRecord | undefined): ScopeRecord {
    const record = new ScopeRecord(baseOf(scope, parent));
    if (this.#settings.spans === 'all') this.#start(record, scope);
    return record;
  }

  /** The trace position of a scope's own span, also after its end if it was cancelled; else of whoever runs now. */
  contextOf(scope: ScopeInfo, record: ScopeRecord | undefined): SpanContextData | undefined {
    return spanContextData(record?.span) ?? this.#ended.get(scope) ?? activeSpanContext();
  }

  /** Runs a body in its scope's span (X1). */
  run({ span, base, context: inScope }: ScopeRecord, body: () => unknown): unknown {
    if (span === undefined) return body();
    const active = context.active();
    return context.with(active === base ? inScope : trace.setSpan(active, span), body);
  }

  /** Notes how many tokens a cancel reached. */
  reached(cause: CancellationCause, targets: number): void {
    this.#targets.set(cause, targets);
  }

  /** Makes the span of a scope that ends now, where only cancelled ones have one. */
  prepare(record: ScopeRecord, scope: ScopeInfo, event: ScopeSettled): void {
    if (this.#settings.spans !== 'cancelled' || event.cause === undefined) return;
    if (!isUnsampled(record.base)) this.#start(record, scope); // X3
  }

  /** Ends the span of a scope, and makes the one of its cancel. */
  settle(record: ScopeRecord, scope: ScopeInfo, event: ScopeSettled): void {
    const { span } = record;
    if (span === undefined) return;
    if (span.isRecording()) {
      span.setAttribute(ATTRIBUTES.outcome, event.outcome);
      if (event.outcome !== 'completed') this.#describeEnd(span, record, scope, event);
    }
    span.end(record.timeOf(scope, Math.max(event.settledAt, scope.openedAt))); // X2
  }

  /** Ends the span of a scope that will not be heard of again. */
  giveUp({ span }: ScopeRecord): void {
    if (span?.isRecording() === true) span.end();
  }

  #start(record: ScopeRecord, scope: ScopeInfo): void {
    const startTime = record.timeOf(scope, scope.openedAt);
    const attributes = openingAttributes(scope);
    const options = { kind: SpanKind.INTERNAL, startTime, attributes };
    record.setSpan(this.#providers.tracer().startSpan(scope.name, options, record.base));
  }

  #describeEnd(span: Span, record: ScopeRecord, scope: ScopeInfo, event: ScopeSettled): void {
    const { cause, phases } = event;
    const position = spanContextData(span);
    if (cause !== undefined && position !== undefined) this.#ended.set(scope, position);
    if (cause !== undefined) span.setAttributes(causeAttributes(cause, this.#settings.messages));
    if (phases !== undefined) span.setAttribute(ATTRIBUTES.depth, phases.depth);
    this.#setStatus(span, 'scope', scope, event);
    if (isSampled(span)) this.#recordCancel(record, scope, event); // X3
  }

  #recordCancel(record: ScopeRecord, scope: ScopeInfo, event: ScopeSettled): void {
    const { cause, phases, settledAt } = event;
    if (cause === undefined || phases === undefined) return;
    if (!(phases.requestedAt <= settledAt)) return; // two clocks, or a broken one: no span rather than a wrong one
    const targets = this.#targetsOf(cause);
    const span = this.#providers.tracer().startSpan(
      `cancel ${scope.name}`,
      {
        kind: SpanKind.INTERNAL,
        startTime: record.timeOf(scope, phases.requestedAt),
        links: linksOf(cause, phases.boundary === 'process' || phases.boundary === 'network'),
        attributes: {
          [ATTRIBUTES.scopeName]: scope.name,
          [ATTRIBUTES.scopeId]: scope.id,
          [ATTRIBUTES.outcome]: event.outcome,
          ...causeAttributes(cause, this.#settings.messages),
          ...phaseAttributes(event),
          ...sourceThreadAttributes(cause),
          ...(targets !== undefined && { [ATTRIBUTES.targets]: targets }),
        },
      },
      record.context,
    );
    this.#setStatus(span, 'cancel', scope, event);
    span.end(record.timeOf(scope, settledAt)); // X2
  }

  #setStatus(span: Span, which: 'scope' | 'cancel', scope: ScopeInfo, event: ScopeSettled): void {
    const errorType = errorTypeFor(which, scope, event, this.#settings.classify);
    if (errorType === undefined) return;
    const text = event.outcome === 'failed' ? errorMessageOf(event.error) : event.cause?.root.message;
    const message = this.#settings.messages ? boundedMessage(text) : undefined;
    span.setAttribute(ATTRIBUTES.errorType, errorType);
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
  }

  #targetsOf(cause: CancellationCause): number | undefined {
    return this.#targets.get(cause) ?? this.#targets.get(cause.root);
  }
}

/** Where a scope's span belongs: what is active where it opens, or else what its parent on another thread had. */
function baseOf(scope: ScopeInfo, parent: ScopeRecord | undefined): Context {
  if (parent !== undefined) return parent.context;
  const base = scope.foreign === undefined ? context.active() : ROOT_CONTEXT;
  const { parentSpan } = scope;
  if (parentSpan === undefined || trace.getSpan(base) !== undefined) return base;
  return trace.setSpanContext(base, { ...parentSpan, isRemote: true });
}

function isSampled(span: Span): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Whether a trace is going on here that is not sampled (X3). */
function isUnsampled(at: Context): boolean {
  const span = trace.getSpan(at);
  return span !== undefined && trace.isSpanContextValid(span.spanContext()) && !isSampled(span);
}

/** The trace position of whoever runs now, if it is one. */
export function activeSpanContext(): SpanContextData | undefined {
  return spanContextData(trace.getSpan(context.active()));
}

function spanContextData(span: Span | undefined): SpanContextData | undefined {
  const spanContext = span?.spanContext();
  if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
  const { traceId, spanId, traceFlags } = spanContext;
  return { traceId, spanId, traceFlags };
}
