/**
 * Lifecycle events as data on their way to another thread, and back.
 *
 * V1. Instants are readings of the sender's clock; the receiver moves them to its own by the distance of the two zeros.
 * V2. Causes and errors lose their class on the way; they come back as causes and as plain errors of the same name.
 */
import { CancellationCause, reviveCause, type ScopeInfo } from '../token/index.ts';
import type { EventHook } from './monitor-hooks.ts';

/** A scope, as data. */
export interface WireScope {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly parentName: string | undefined;
  readonly openedAt: number;
  readonly deadline: number;
  readonly attributes: ScopeInfo['attributes'];
  readonly parentSpan: ScopeInfo['parentSpan'];
}

/** One event: which, of which scope (in full the first time, by id later), and what it says. */
export type WireEvent = readonly [hook: EventHook, scope: WireScope | string | undefined, event: unknown];

/** A scope as data. */
export function wireScope(scope: ScopeInfo): WireScope {
  const { id, name, parentId, parentName, openedAt, deadline, attributes, parentSpan } = scope;
  return { id, name, parentId, parentName, openedAt, deadline, attributes, parentSpan };
}

/** What an event says, as data. */
export function wireEvent(event: object): Record<string, unknown> {
  return mapped(event, (_, value) => {
    if (value instanceof CancellationCause) return value.toJSON();
    if (value instanceof Error) return { name: value.name, message: value.message };
    if (typeof value === 'object' && value !== null) return plain(value);
    return typeof value === 'function' || typeof value === 'symbol' ? String(value) : value;
  });
}

/** What an event said, with its instants `shiftMs` later (V1). */
export function fromWire(event: object, shiftMs: number): Record<string, unknown> {
  return mapped(event, (key, value) => {
    if (key === 'cause') return value === undefined ? undefined : reviveCause(value);
    if (key === 'error') return revivedError(value);
    if (key === 'phases' && typeof value === 'object' && value !== null) return fromWire(value, shiftMs);
    return key.endsWith('At') && typeof value === 'number' ? value + shiftMs : value;
  });
}

function mapped(event: object, change: (key: string, value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).map(([key, value]) => [key, change(key, value)]));
}

/** A copy without what cannot be cloned; progress is whatever a program reports. */
function plain(value: object): unknown {
  try {
    return structuredClone(value);
  } catch {
    return '(a value that cannot be sent)';
  }
}

function revivedError(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { name, message } = value as { readonly name?: unknown; readonly message?: unknown };
  const error = new Error(String(message));
  error.name = String(name); // V2
  return error;
}
