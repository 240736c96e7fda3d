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
const SCOPE = ['id', 'name', 'openedAt', 'deadline'];
const OBJECTS: ReadonlySet<string> = new Set(['cause', 'token']);
const NUMBER = /(?:At|Ms)$|^(?:depth|targets|deadline)$/;

/** Whether this is an event that a thread sends, of a scope or of none as it should be, with all it must say. */
export function isSound(hook: unknown, scope: unknown, event: Readonly<Record<string, unknown>>): hook is EventHook {
  if (typeof hook !== 'string' || !Object.hasOwn(NEEDED, hook) || !(hook in sink)) return false;
  const about = EVENT_HOOKS[hook as EventHook] ? typeof scope === 'string' || isScope(scope) : scope === undefined;
  const { phases } = event;
  return about && says(event, NEEDED[hook as EventHook] ?? []) && (phases === undefined || says(phases, PHASES));
}

function isScope(scope: unknown): boolean {
  if (!says(scope, SCOPE)) return false;
  const { attributes, parentSpan } = scope as Record<string, unknown>;
  return [attributes, parentSpan].every((each) => each === undefined || (typeof each === 'object' && each !== null));
}

function says(what: unknown, needed: readonly string[]): boolean {
  if (typeof what !== 'object' || what === null) return false;
  return needed.every((key) => isOfItsKind(key, (what as Record<string, unknown>)[key]));
}

function isOfItsKind(key: string, value: unknown): boolean {
  if (NUMBER.test(key)) return typeof value === 'number';
  return OBJECTS.has(key) ? typeof value === 'object' && value !== null : typeof value === 'string';
}
