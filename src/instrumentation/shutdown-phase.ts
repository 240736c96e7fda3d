/**
 * Telling monitors how a shutdown goes, and what a shutdown has to hear; for what shuts a service down.
 */
import { Disposer, type Scope, scopeInfo } from '../token/index.ts';
import { attachMonitor, detachMonitor, dispatch } from './hub.ts';
import type { ShutdownPhaseEnded } from './monitor.ts';

/** Tells of a phase that is over. Once a phase is the caller's affair. */
export function reportShutdownPhase(scope: Scope, event: ShutdownPhaseEnded): void {
  dispatch('shutdownPhaseEnded', scopeInfo(scope), event);
}

/** Calls `listener` whenever a scope has ended, until it is disposed. It costs every scope a call: not for long. */
export function onScopeSettled(listener: () => void): Disposable {
  const monitor = { scopeSettled: () => listener() };
  const entry = { monitor, name: 'shutdown', ok: 0, errors: 0, failuresInARow: 0, internal: true };
  attachMonitor(entry);
  return new Disposer(() => detachMonitor(entry));
}
