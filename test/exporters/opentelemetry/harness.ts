/**
 * What these tests share: SDK providers that keep everything in memory, and scopes driven by hand, event by event, as
 * the hub would.
 */
import { context, type HrTime } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Monitor } from '../../../src/instrumentation/index.ts';
import { thisOrigin } from '../../../src/token/index.ts';
import type {
  CancellationCause,
  CancellationReason,
  Clock,
  ScopeInfo,
  ScopeSettled,
} from '../../../src/token/index.ts';

/** Providers of all three signals, and what reached them. */
export interface MemorySdk {
  readonly tracerProvider: TracerProvider;
  readonly loggerProvider: LoggerProvider;
  readonly meterProvider: MeterProvider;
  spans(): ReadableSpan[];
  span(name: string): ReadableSpan;
  logs(): ReturnType<InMemoryLogRecordExporter['getFinishedLogRecords']>;
  metrics(): Promise<ResourceMetrics[]>;
}

/** A fresh SDK in memory. */
export function memorySdk(options: { sampler?: Sampler } = {}): MemorySdk {
  const spanExporter = new InMemorySpanExporter();
  const logExporter = new InMemoryLogRecordExporter();
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
  const spans = (): ReadableSpan[] => spanExporter.getFinishedSpans();
  return {
    tracerProvider: new TracerProvider({
      ...options,
      spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })],
    }),
    loggerProvider: new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: logExporter })] }),
    meterProvider: new MeterProvider({ readers: [reader] }),
    spans,
    span: (name) => {
      const found = spans().filter((span) => span.name === name);
      if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} spans called "${name}"`);
      return found[0];
    },
    logs: () => logExporter.getFinishedLogRecords(),
    metrics: async () => {
      metricExporter.reset();
      await reader.forceFlush();
      return metricExporter.getMetrics();
    },
  };
}

/** One metric of a collection: its data points by their attributes, as JSON. */
export function points(collected: ResourceMetrics[], name: string): Record<string, unknown> {
  const metric = collected
    .flatMap((resource) => resource.scopeMetrics)
    .flatMap((scope) => scope.metrics)
    .find((each) => each.descriptor.name === name);
  return Object.fromEntries((metric?.dataPoints ?? []).map((point) => [JSON.stringify(point.attributes), point.value]));
}

/** Lets contexts follow async work; returns the way back. */
export function enableContexts(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** A clock that stands still unless told; its origin is no wall-clock time. */
export function steadyClock(): Clock & { at: number } {
  return {
    at: 1_000,
    now() {
      return this.at;
    },
    toMonotonicNs: (now) => BigInt(Math.round(now * 1e6)),
    toWallTime: (now) => WALL_ORIGIN + now,
    setTimer: () => ({ clear: () => {} }),
  };
}

/** The wall-clock time of a steady clock's 0. */
export const WALL_ORIGIN = 1_700_000_000_000;

/** A reading of a steady clock as a span shows it. */
export function onWall(at: number): HrTime {
  const ms = WALL_ORIGIN + at;
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}

/** What a hand-made cause says beside its reason. */
export type CauseDetails = Partial<Pick<CancellationCause, 'message' | 'via' | 'parent' | 'spanContext' | 'token'>>;

/** A cause as the library makes them, by hand. */
export function causeOf(reason: CancellationReason, details: CauseDetails = {}): CancellationCause {
  const cause: Record<string, unknown> = {
    reason,
    token: { id: 'token-1', name: 'token' },
    origin: { pid: 1, threadId: 0, threadName: 'main' },
    ...details,
  };
  cause['root'] = details.parent?.root ?? cause;
  return cause as unknown as CancellationCause;
}

let serial = 0;

/** A scope that lives by hand-made events. */
export class HandScope {
  readonly info: ScopeInfo;
  readonly clock: Clock;
  readonly #monitor: Monitor;

  constructor(
    monitor: Monitor,
    options: { name?: string; deadline?: number; attributes?: object; clock?: Clock } = {},
  ) {
    const { name = 'load', deadline = Infinity, attributes } = options;
    const clock = (this.clock = options.clock ?? steadyClock());
    this.#monitor = monitor;
    const openedAt = this.clock.now();
    this.info = {
      id: `scope-${serial++}`,
      name,
      parentId: undefined,
      parentName: undefined,
      openedAt,
      deadline,
      attributes,
      origin: thisOrigin,
      // Read anew each time, as the real one does.
      get openedWallTime() {
        return clock.toWallTime(openedAt);
      },
    } as unknown as ScopeInfo;
    monitor.scopeOpened?.(this.info);
  }

  /** Runs a body in it, as the hub does. */
  run(body: () => unknown): unknown {
    return this.#monitor.runScope === undefined ? body() : this.#monitor.runScope(this.info, body);
  }

  /** A cause of this scope's token, with the active span as the canceller's. */
  cause(reason: CancellationReason, details: CauseDetails = {}): CancellationCause {
    const spanContext = this.#monitor.spanContext?.();
    const token = { id: this.info.id, name: this.info.name };
    return causeOf(reason, { token, ...(spanContext !== undefined && { spanContext }), ...details });
  }

  /** Cancels it: requested at +10, delivered at +11. */
  cancel(cause: CancellationCause, depth = 0): CancellationCause {
    const { openedAt } = this.info;
    this.#monitor.tokenCancelled?.({ token: cause.token, cause, targets: 3 });
    this.#monitor.cancelDelivered?.(this.info, {
      cause,
      requestedAt: openedAt + 10,
      deliveredAt: openedAt + 11,
      boundary: 'local',
      sourceThread: 'main',
      depth,
    });
    return cause;
  }

  /** Ends it at +20; a cancelled one with all phases, acknowledged at +15. */
  settle(event: Partial<ScopeSettled> = {}): void {
    const { openedAt } = this.info;
    const phases =
      event.cause === undefined
        ? undefined
        : ({
            requestedAt: openedAt + 10,
            deliveredAt: openedAt + 11,
            acknowledgedAt: openedAt + 15,
            mechanism: 'throw',
            depth: 0,
            boundary: 'local',
          } as const);
    this.#monitor.scopeSettled?.(this.info, {
      outcome: event.cause === undefined ? 'completed' : 'cancelled',
      settledAt: openedAt + 20,
      cause: undefined,
      phases,
      error: undefined,
      ownDeadline: false,
      ...event,
    });
  }

  /** Cancels and ends it. */
  cancelAndSettle(reason: CancellationReason, event: Partial<ScopeSettled> = {}): void {
    this.settle({ cause: this.cancel(this.cause(reason)), ...event });
  }
}
