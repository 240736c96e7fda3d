/**
 * The telemetry table: every metric there is, and through it every label, attribute and log event. Exporters,
 * dashboards, rules, the README and tests read it; nothing else names one.
 *
 * N1. The OpenTelemetry name is the Prometheus name with dots, without `_seconds` and `_total`: what translates one to the
 *     other adds them. To a gauge of unit `1` it would add `_ratio`, so none has that unit.
 * N3. A bucket boundary an alert may name is no whole number: Prometheus 2 stores `le="1"`, Prometheus 3 `le="1.0"`.
 */
import type { MetricDefinition } from './metric-definition.ts';
import { SHUTDOWN_METRICS } from './shutdown-metrics.ts';

export * from './metric-definition.ts';
export * from './trace-vocabulary.ts';

const LATENCY_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const DELIVERY_BUCKETS = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];
const RATIO_BUCKETS = [0.1, 0.25, 0.5, 0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.25, 2];
const WIDTH_BUCKETS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000];

/** Every metric, by the short name code uses. */
export const METRICS = {
  requests: {
    prometheusName: 'cancellation_requests_total',
    otelName: 'cancellation.requests',
    type: 'counter',
    unit: '{request}',
    help: 'Calls of cancel, by what became of them.',
    labels: ['reason', 'source_thread', 'result'],
  },
  latency: {
    prometheusName: 'cancellation_latency_seconds',
    otelName: 'cancellation.latency',
    type: 'histogram',
    unit: 's',
    help: 'From the request of a cancel to the end of the scope it cancelled, by the reason of the root cause.',
    labels: ['scope', 'reason'],
    buckets: LATENCY_BUCKETS,
    exemplars: true,
  },
  delivery: {
    prometheusName: 'cancellation_delivery_seconds',
    otelName: 'cancellation.delivery',
    type: 'histogram',
    unit: 's',
    help: 'From the request of a cancel to the moment its target reads cancelled.',
    labels: ['boundary', 'source_thread'],
    buckets: DELIVERY_BUCKETS,
  },
  acknowledge: {
    prometheusName: 'cancellation_acknowledge_seconds',
    otelName: 'cancellation.acknowledge',
    type: 'histogram',
    unit: 's',
    help: 'From delivery to the first reaction of the scope: a listener, a check, a rejected wait.',
    labels: ['scope'],
    buckets: LATENCY_BUCKETS,
  },
  scopesOpened: {
    prometheusName: 'cancellation_scopes_opened_total',
    otelName: 'cancellation.scopes_opened',
    type: 'counter',
    unit: '{scope}',
    help: 'Scopes opened.',
    labels: ['scope'],
  },
  scopesSettled: {
    prometheusName: 'cancellation_scopes_settled_total',
    otelName: 'cancellation.scopes_settled',
    type: 'counter',
    unit: '{scope}',
    help: 'Scopes ended, by outcome.',
    labels: ['scope', 'outcome'],
  },
  scopesActive: {
    prometheusName: 'cancellation_scopes_active',
    otelName: 'cancellation.scopes_active',
    type: 'gauge',
    unit: '{scope}',
    help: 'Scopes open now.',
    labels: ['scope'],
  },
  scopeDuration: {
    prometheusName: 'cancellation_scope_duration_seconds',
    otelName: 'cancellation.scope_duration',
    type: 'histogram',
    unit: 's',
    help: 'From opening to end of a scope.',
    labels: ['scope', 'outcome'],
    buckets: LATENCY_BUCKETS,
  },
  pending: {
    prometheusName: 'cancellation_pending',
    otelName: 'cancellation.pending',
    type: 'gauge',
    unit: '{scope}',
    help: 'Scopes that are cancelled and have not ended.',
    labels: ['scope'],
  },
  oldestPending: {
    prometheusName: 'cancellation_oldest_pending_seconds',
    otelName: 'cancellation.oldest_pending',
    type: 'gauge',
    unit: 's',
    help: 'Age of the oldest cancel whose scope has not ended; 0 when there is none.',
    labels: ['scope'],
  },
  slow: {
    prometheusName: 'cancellation_slow_total',
    otelName: 'cancellation.slow',
    type: 'counter',
    unit: '{scope}',
    help: 'Cancelled scopes that passed the slow threshold, counted once and while they run, by the reason of the root cause.',
    labels: ['scope', 'reason'],
  },
  zombies: {
    prometheusName: 'cancellation_zombies',
    otelName: 'cancellation.zombies',
    type: 'gauge',
    unit: '{scope}',
    help: 'Abandoned scopes whose body still runs.',
    labels: ['scope'],
  },
  wasted: {
    prometheusName: 'cancellation_wasted_seconds_total',
    otelName: 'cancellation.wasted',
    type: 'counter',
    unit: 's',
    help: 'Time of cancelled scopes: discarded, before the request of the cancel; after_cancel, behind it.',
    labels: ['scope', 'kind'],
  },
  propagations: {
    prometheusName: 'cancellation_propagations_total',
    otelName: 'cancellation.propagations',
    type: 'counter',
    unit: '{propagation}',
    help: 'Cancels handed from one scope to one below it. An end that is not known is _OTHER.',
    labels: ['source', 'target', 'boundary', 'result'],
  },
  propagationWidth: {
    prometheusName: 'cancellation_propagation_width',
    otelName: 'cancellation.propagation_width',
    type: 'histogram',
    unit: '{token}',
    help: 'Tokens one cancel reached.',
    labels: ['reason'],
    buckets: WIDTH_BUCKETS,
  },
  shield: {
    prometheusName: 'cancellation_shield_seconds',
    otelName: 'cancellation.shield',
    type: 'histogram',
    unit: 's',
    help: 'How long a cancel waited behind a shielded section.',
    labels: ['scope'],
    buckets: LATENCY_BUCKETS,
  },
  deadlineUsed: {
    prometheusName: 'cancellation_deadline_used_ratio',
    otelName: 'cancellation.deadline_used_ratio',
    type: 'histogram',
    unit: '1',
    help: 'Share of its time budget a scope that completed had used; cancelled and failed ones are left out.',
    labels: ['scope'],
    buckets: RATIO_BUCKETS,
  },
  deadlineLag: {
    prometheusName: 'cancellation_deadline_lag_seconds',
    otelName: 'cancellation.deadline_lag',
    type: 'histogram',
    unit: 's',
    help: 'From the instant a deadline was due to the cancel it fired: how late a busy loop lets timers run.',
    labels: [],
    buckets: DELIVERY_BUCKETS,
  },
  httpDisconnects: {
    prometheusName: 'cancellation_http_disconnects_total',
    otelName: 'cancellation.http_disconnects',
    type: 'counter',
    unit: '{request}',
    help: 'HTTP requests whose client went away.',
    labels: ['method', 'phase'],
  },
  listenerErrors: {
    prometheusName: 'cancellation_listener_errors_total',
    otelName: 'cancellation.listener_errors',
    type: 'counter',
    unit: '{error}',
    help: 'Listeners, triggers and disposers that threw or rejected.',
    labels: ['scope'],
  },
  workerEnds: {
    prometheusName: 'cancellation_worker_ends_total',
    otelName: 'cancellation.worker_ends',
    type: 'counter',
    unit: '{worker}',
    help: 'Tasks of runInWorker that ended, by what ended them; terminated: the grace was over.',
    labels: ['scope', 'step'],
  },
  ...SHUTDOWN_METRICS,
  tokensActive: {
    prometheusName: 'cancellation_tokens_active',
    otelName: 'cancellation.tokens_active',
    type: 'gauge',
    unit: '{token}',
    help: 'Tokens hanging under a live parent: not yet cancelled, disposed or settled.',
    labels: [],
  },
  listenersActive: {
    prometheusName: 'cancellation_listeners_active',
    otelName: 'cancellation.listeners_active',
    type: 'gauge',
    unit: '{listener}',
    help: 'Listeners registered and neither run nor removed.',
    labels: [],
  },
  monitorEvents: {
    prometheusName: 'cancellation_monitor_events_total',
    otelName: 'cancellation.monitor_events',
    type: 'counter',
    unit: '{event}',
    help: 'Events handed to each monitor: taken, failed or dropped. Those of one that is gone stay.',
    labels: ['monitor', 'result'],
  },
  buildInfo: {
    prometheusName: 'cancellation_build_info',
    otelName: 'cancellation.build_info',
    type: 'gauge',
    unit: '{build}',
    help: 'Always 1; the version of cancelscope.',
    labels: ['version'],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The short name of a metric. */
export type MetricKey = keyof typeof METRICS;
