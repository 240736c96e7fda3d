/**
 * The hooks of a monitor that carry an event, as a list to go by: what checks, dispatches or records them reads it.
 */
import type { Monitor } from './monitor.ts';

/** Hooks that carry an event: all but the two that give something back, and the farewell. */
export type EventHook = Exclude<keyof Monitor, 'name' | 'runScope' | 'spanContext' | 'detached'>;

/** Every one of them, and whether the scope it is about comes first. */
export const EVENT_HOOKS = {
  tokenCreated: false,
  tokenCancelled: false,
  cancelRequested: false,
  scopeOpened: true,
  cancelDelivered: true,
  cancelAcknowledged: true,
  cancelSlow: true,
  scopeSettled: true,
  scopeIgnoredCancel: true,
  zombieDetected: true,
  zombieEnded: true,
  scopeOrphaned: true,
  propagated: false,
  shieldLeft: true,
  deadlineFired: true,
  listenerFailed: false,
  progressReported: true,
  workerEnded: true,
  clientDisconnected: false,
  shutdownPhaseEnded: true,
  monitorFailed: false,
} as const satisfies Record<EventHook, boolean>;

/** Their names. */
export const EVENT_HOOK_NAMES = Object.keys(EVENT_HOOKS) as readonly EventHook[];
