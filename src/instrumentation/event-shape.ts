/**
 * The shape of events that arrive from another thread: what a monitor may rely on (V7).
 */
import { hooks as sink } from '../token/index.ts';
import { EVENT_HOOKS, type EventHook } from './monitor-hooks.ts';

/** What an event must say; the rest may be missing. Events that never travel are not here. */
const NEEDED: Partial<Record<EventHook, readonly string[]>> = {
  tokenCreated: ['token'],
  tokenCancelled: ['token', 'cause', 'targets'],
  cancelRequested: ['token', 'reason', 'result', 'sourceThread'],
  scopeOpened: [],
  cancelDelivered: ['cause', 'requestedAt', 'deliveredAt', 'boundary', 'sourceThread', 'depth'],
  cancelAcknowledged: ['requestedAt', 'deliveredAt', 'acknowledgedAt', 'mechanism'],
  scopeSettled: ['outcome', 'settledAt'],
  zombieDetected: ['cause', 'abandonedAt'],
  zombieEnded: ['abandonedAt', 'endedAt', 'requestedAt', 'result'],
  scopeOrphaned: ['endedId', 'endedName'],
  propagated: ['source', 'target', 'boundary', 'result'],
  shieldLeft: ['deferredMs'],
  deadlineFired: ['dueAt', 'firedAt', 'reason'],
  listenerFailed: ['token'],
  progressReported: [],
  workerEnded: ['step', 'startedAt', 'endedAt'],
};
const PHASES = ['requestedAt', 'deliveredAt', 'depth', 'boundary'];
const OBJECTS: ReadonlySet<string> = new Set(['cause', 'token', 'phases', 'parent']);
/** Of any type. */
const FREE: ReadonlySet<string> = new Set(['error', 'progress', 'ownDeadline']);
const NUMBER = /(?:At|Ms)$|^(?:depth|targets|deadline)$/;

/** Whether this is an event that a thread sends, of a scope or of none as it should be, with all it must say. */
export function isSound(hook: unknown, scope: unknown, event: Readonly<Record<string, unknown>>): hook is EventHook {
  if (typeof hook !== 'string' || !Object.hasOwn(NEEDED, hook) || !(hook in sink)) return false;
  const about = EVENT_HOOKS[hook as EventHook] ? typeof scope === 'string' || isScope(scope) : scope === undefined;
  const { phases } = event;
  return (
    about &&
    says(event, NEEDED[hook as EventHook] ?? []) &&
    (phases === undefined || says(phases as Record<string, unknown>, PHASES))
  );
}

function isScope(scope: unknown): boolean {
  if (typeof scope !== 'object' || scope === null) return false;
  const { attributes, parentSpan, ...rest } = scope as Record<string, unknown>;
  const objects = [attributes, parentSpan].every((each) => each === undefined || typeof each === 'object');
  return objects && says(rest, ['id', 'name', 'openedAt', 'deadline']);
}

function says(what: Readonly<Record<string, unknown>>, needed: readonly string[]): boolean {
  return (
    needed.every((key) => what[key] !== undefined) &&
    Object.entries(what).every(([key, value]) => value === undefined || FREE.has(key) || isOfItsKind(key, value))
  );
}

function isOfItsKind(key: string, value: unknown): boolean {
  if (NUMBER.test(key)) return typeof value === 'number';
  return OBJECTS.has(key) ? typeof value === 'object' && value !== null : typeof value === 'string';
}
