/**
 * The words of spans and log events: attributes, event names, severities. Part of the telemetry table.
 */

/** The attributes of spans and log events. */
export const ATTRIBUTES = {
  scopeName: 'cancellation.scope.name',
  scopeId: 'cancellation.scope.id',
  workerEnd: 'cancellation.worker.end',
  outcome: 'cancellation.outcome',
  reason: 'cancellation.reason',
  rootReason: 'cancellation.root_reason',
  id: 'cancellation.id',
  depth: 'cancellation.depth',
  targets: 'cancellation.targets',
  boundary: 'cancellation.boundary',
  mechanism: 'cancellation.ack.mechanism',
  message: 'cancellation.message',
  via: 'cancellation.via',
  deadlineBudget: 'cancellation.deadline.budget',
  deliveryDuration: 'cancellation.delivery.duration',
  acknowledgeDuration: 'cancellation.acknowledge.duration',
  settleDuration: 'cancellation.settle.duration',
  latency: 'cancellation.latency',
  sourceThreadId: 'cancellation.source.thread.id',
  sourceThreadName: 'cancellation.source.thread.name',
  linkType: 'cancellation.link.type',
  age: 'cancellation.age',
  suppressed: 'cancellation.suppressed',
  monitorName: 'cancellation.monitor.name',
  shutdownPhase: 'cancellation.shutdown.phase',
  shutdownDuration: 'cancellation.shutdown.duration',
  shutdownRequestsLeft: 'cancellation.shutdown.requests_left',
  shutdownScopesLeft: 'cancellation.shutdown.scopes_left',
  threadId: 'thread.id',
  threadName: 'thread.name',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
} as const;

/** The log events: name and OpenTelemetry severity number. */
export const LOG_EVENTS = {
  requested: { name: 'cancellation.requested', severity: 5 },
  expired: { name: 'cancellation.requested', severity: 13 },
  settled: { name: 'cancellation.settled', severity: 5 },
  slow: { name: 'cancellation.slow', severity: 13 },
  zombieDetected: { name: 'cancellation.zombie.detected', severity: 17 },
  zombieEnded: { name: 'cancellation.zombie.ended', severity: 9 },
  listenerFailed: { name: 'cancellation.listener.exception', severity: 13 },
  monitorFailed: { name: 'cancellation.monitor.exception', severity: 13 },
  shutdownPhaseEnded: { name: 'cancellation.shutdown.phase', severity: 9 },
  shutdownForced: { name: 'cancellation.shutdown.phase', severity: 13 },
} as const;
