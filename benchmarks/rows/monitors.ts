/**
 * What telemetry adds to a scope: against what a service writes by hand for the same metrics and spans.
 */
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOnSampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import client from 'prom-client';
import { cancelScope, openScope, openTelemetryMonitor, prometheusMonitor, registerMonitor } from '../library.ts';
import { abortScope } from '../native.ts';
import { against, COLLECTED, type Contender, type Costs, OURS, type Row } from '../row.ts';

const BARE = 'scope, no monitor';
const FIVE = 'five prom-client updates';
const HAND_WRITTEN = 'AC + active span + prom-client';

const settled = Promise.resolve(1);
const body = async (): Promise<number> => await settled;

/** An SDK that samples everything and sends nothing. */
const nothing: SpanProcessor = {
  onStart: () => {},
  onEnd: () => {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
const tracerProvider = new TracerProvider({ sampler: new AlwaysOnSampler(), spanProcessors: [nothing] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

/** A scope in a scope, with the monitors of `during`. */
function ourScope(name: string, during?: () => Disposable): Contender {
  return {
    name,
    ...(during !== undefined && { during }),
    ready() {
      const parent = openScope('request');
      return (times) =>
        parent.run(async () => {
          for (let i = 0; i < times; i++) await cancelScope('work', body);
        });
    },
  };
}

function withPrometheus(): Disposable {
  return registerMonitor(prometheusMonitor({ registry: new client.Registry() }));
}

function withSpans(): Disposable {
  const stack = new DisposableStack();
  stack.use(withPrometheus());
  stack.use(registerMonitor(openTelemetryMonitor({ tracerProvider })));
  return stack;
}

const withLateSpans = (): Disposable => registerMonitor(openTelemetryMonitor({ tracerProvider, spans: 'cancelled' }));

/** The metrics of a scope, as a service keeps them by hand. */
const registers = [new client.Registry()];
const opened = new client.Counter({ name: 'opened_total', help: '-', labelNames: ['scope'], registers });
const open = new client.Gauge({ name: 'open', help: '-', labelNames: ['scope'], registers });
const ended = new client.Counter({ name: 'settled_total', help: '-', labelNames: ['scope', 'outcome'], registers });
const duration = new client.Histogram({ name: 'seconds', help: '-', labelNames: ['scope', 'outcome'], registers });

function countOpened(): number {
  opened.inc({ scope: 'work' });
  open.inc({ scope: 'work' });
  return performance.now();
}

function countSettled(openedAt: number): void {
  open.dec({ scope: 'work' });
  ended.inc({ scope: 'work', outcome: 'completed' });
  duration.observe({ scope: 'work', outcome: 'completed' }, (performance.now() - openedAt) / 1000);
}

const tracer = tracerProvider.getTracer('by hand');

let nextId = 0;

/** A scope with its metrics and its span, by hand: the span says as much as ours does. */
function byHand(parent: AbortSignal): Promise<number> {
  const openedAt = countOpened();
  const attributes = { 'scope.name': 'work', 'scope.id': `work-${nextId++}` };
  return tracer.startActiveSpan('work', { attributes }, async (span) => {
    try {
      return await abortScope(parent, body);
    } finally {
      span.setAttribute('scope.outcome', 'completed');
      span.end();
      countSettled(openedAt);
    }
  });
}

/** The same with a span that says nothing of the scope. */
function byHandBarely(parent: AbortSignal): Promise<number> {
  const openedAt = countOpened();
  return tracer.startActiveSpan('work', async (span) => {
    try {
      return await abortScope(parent, body);
    } finally {
      span.end();
      countSettled(openedAt);
    }
  });
}

function handWritten(name: string, scope: (parent: AbortSignal) => Promise<number>): Contender {
  return {
    name,
    ready() {
      const { signal } = new AbortController();
      return async (times) => {
        for (let i = 0; i < times; i++) await scope(signal);
      };
    },
  };
}

const cost = (costs: Costs, name: string): number => costs[name] as number;

export const monitorRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'scope + Prometheus monitor',
    standsFor: 'what the metrics of a scope add; its cost less that of a scope with no monitor',
    contenders: [
      ourScope(OURS, withPrometheus),
      ourScope(BARE),
      {
        name: FIVE,
        ready: () => (times) => {
          for (let i = 0; i < times; i++) countSettled(countOpened());
        },
      },
    ],
    targets: [
      {
        ...against(FIVE, 0.25, COLLECTED),
        ratio: (costs) => (cost(costs, OURS) - cost(costs, BARE)) / cost(costs, FIVE),
      },
    ],
  },
  {
    kind: 'time',
    name: 'scope + span + Prometheus',
    standsFor: 'a scope with all its telemetry',
    during: withSpans, // nobody else in this row is touched by it
    contenders: [
      ourScope(OURS),
      handWritten(HAND_WRITTEN, byHand),
      handWritten('the same, span without attributes', byHandBarely),
    ],
    targets: [against(HAND_WRITTEN, 0.85, COLLECTED)],
  },
  {
    kind: 'time',
    name: "scope, spans: 'cancelled', not cancelled",
    standsFor: 'spans for cancelled scopes only: what the others pay',
    contenders: [ourScope(OURS, withLateSpans), ourScope(BARE)],
    targets: [against(BARE, 2, COLLECTED)],
  },
];
