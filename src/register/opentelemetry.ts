/**
 * OpenTelemetry, where the program has its API; an SDK that starts later is found then.
 *
 * Z16. A request's place in a trace is not known when it starts: the span of `@opentelemetry/instrumentation-http` comes
 *      right after. So the exporter hears of a server's scope when that is cancelled or ends, in the context that the
 *      instrumentation bound to its answer. Spans are made of cancelled scopes only.
 */
import type { EventEmitter } from 'node:events';
import { type Monitor, registerMonitor } from '../instrumentation/index.ts';
import type { ScopeInfo } from '../token/index.ts';
import { keepEvents } from './early-events.ts';
import { opening, place } from './server-request.ts';
import { warn } from './warn.ts';

/** Starts it; until the exporter is loaded, events are kept for it. */
export function startOpenTelemetry(): void {
  const early = keepEvents();
  import('../exporters/opentelemetry/index.ts').then(
    ({ openTelemetryMonitor }) => {
      const monitor = openedLate(openTelemetryMonitor({ spans: 'cancelled' }));
      early.giveTo(monitor);
      registerMonitor(monitor);
      place.inContextOf = inContextOf;
    },
    (error: NodeJS.ErrnoException) => {
      early.drop();
      const missing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
      if (!missing) warn(`OpenTelemetry could not be loaded, and nothing is sent to it: ${error.name}`);
    },
  );
}

/** `monitor`, told of a server's scope when its place is known (Z16). */
export function openedLate(monitor: Monitor): Monitor {
  const waiting = new WeakSet<ScopeInfo>();
  const open = (scope: ScopeInfo): void => {
    if (waiting.delete(scope)) monitor.scopeOpened?.(scope);
  };
  return {
    ...monitor,
    scopeOpened(scope) {
      if (opening.server) waiting.add(scope);
      else monitor.scopeOpened?.(scope);
    },
    cancelDelivered(scope, event) {
      open(scope);
      monitor.cancelDelivered?.(scope, event);
    },
    scopeSettled(scope, event) {
      open(scope);
      monitor.scopeSettled?.(scope, event);
    },
  };
}

const PROBE = Symbol('cancelscope.probe');

/** Runs `run` as a listener of `answer`: a context that was bound to it is then the active one. */
function inContextOf(answer: EventEmitter, run: () => void): void {
  if (answer.listenerCount('newListener') > 0 || answer.listenerCount('removeListener') > 0) return run(); // Z20
  answer.once(PROBE, run);
  answer.emit(PROBE);
}
