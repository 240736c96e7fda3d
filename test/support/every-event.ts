/** One of every lifecycle event that counts, for one scope name. */
import { type Monitor, SHUTDOWN_PHASES } from '../../src/instrumentation/index.ts';
import { causeOf, phasesOf, sampledSpan, scopeInfo, settled } from './lifecycle-events.ts';

/** Opens a scope at 0, cancels it for a timeout at 100 ms and settles it at 350 ms; another completes in time. */
export function sendEveryEvent(monitor: Monitor, name: string): void {
  const scope = scopeInfo(name, { openedAt: 0, deadline: 100 });
  const cause = causeOf('parent', { rootReason: 'timeout', spanContext: sampledSpan });
  const token = { id: 't1', name };
  monitor.scopeOpened?.(scope);
  monitor.deadlineFired?.(scope, { dueAt: 100, firedAt: 101, reason: 'timeout' });
  monitor.cancelRequested?.({ token, reason: 'timeout', result: 'accepted', sourceThread: 'main', cause });
  monitor.tokenCancelled?.({ token, cause, targets: 3 });
  monitor.cancelDelivered?.(scope, {
    cause,
    requestedAt: 100,
    deliveredAt: 100.02,
    boundary: 'local',
    sourceThread: 'main',
    depth: 0,
  });
  monitor.propagated?.({ source: 'outer', target: name, boundary: 'local', result: 'delivered' });
  monitor.cancelAcknowledged?.(scope, {
    requestedAt: 100,
    deliveredAt: 100.02,
    acknowledgedAt: 150,
    mechanism: 'listener',
  });
  monitor.shieldLeft?.(scope, { deferredMs: 30 });
  monitor.workerEnded?.(scope, { step: 'terminated', startedAt: 20, endedAt: 340, requestedAt: 100 });
  monitor.cancelSlow?.(scope, { cause, requestedAt: 100, thresholdMs: 200 });
  monitor.listenerFailed?.({ token, scopeName: name, error: new Error('listener') });
  monitor.scopeSettled?.(scope, settled('cancelled', 350, { cause, phases: phasesOf(100, 100.02, 150) }));
  monitor.zombieEnded?.(scope, { requestedAt: 100, abandonedAt: 350, endedAt: 600, result: 'returned' });
  monitor.scopeSettled?.(scopeInfo(name, { deadline: 100 }), settled('completed', 75));
  monitor.clientDisconnected?.({ method: 'GET', phase: 'streaming' });
  for (const phase of SHUTDOWN_PHASES) {
    const counts = { requests: 2, scopes: 3, requestsLeft: 1, scopesLeft: 0 };
    monitor.shutdownPhaseEnded?.(scope, { phase, startedAt: 100, endedAt: 350, ...counts });
  }
}
