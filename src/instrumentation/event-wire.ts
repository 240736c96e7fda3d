/**
 * Lifecycle events as data on their way to another thread, and back.
 *
 * V1. Instants are readings of the sender's clock; the receiver moves them to its own by the distance of the two zeros.
 * V2. Causes and errors lose their class on the way; they come back as causes, as CancelledErrors, and as plain errors
 *     of the same name. Whatever a program put in, what is sent can be cloned.
 */
import { CancellationCause, CancelledError, reviveCause, type ScopeInfo } from '../token/index.ts';
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
  return {
    id,
    name,
    parentId,
    parentName,
    openedAt,
    deadline,
    attributes: attributes && attributesOnly(attributes),
    parentSpan: parentSpan && (plain(parentSpan, undefined) as ScopeInfo['parentSpan']),
  };
}

/** Those of a kind that attributes are of: the types say so, a program may not. */
function attributesOnly(attributes: object): ScopeInfo['attributes'] {
  const sendable = Object.entries(attributes).filter(([, value]) => /string|number|boolean/.test(typeof value));
  return Object.fromEntries(sendable) as ScopeInfo['attributes'];
}

/** What an event says, as data. */
export function wireEvent(event: object): Record<string, unknown> {
  return mapped(event, (key, value) => {
    if (key === 'error') return wireError(value);
    if (value instanceof CancellationCause) return plain(value.toJSON(), {});
    if (typeof value === 'object' && value !== null) return plain(value, UNCLONEABLE);
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

const UNCLONEABLE = '(a value that cannot be sent)';

/** A copy, or `otherwise`; progress is whatever a program reports. */
function plain(value: object, otherwise: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return otherwise;
  }
}

/** Something thrown, as data (V2). */
type WireThrown =
  | { readonly cancelled: unknown }
  | { readonly error: { readonly name: string; readonly message: string } }
  | { readonly value: unknown };

function wireError(thrown: unknown): WireThrown | undefined {
  if (thrown === undefined) return undefined;
  try {
    if (thrown instanceof CancelledError) return { cancelled: plain(thrown.cause.toJSON(), {}) };
    if (!(thrown instanceof Error)) return { value: wireEvent({ thrown })['thrown'] };
    // A subclass that never set its name is called `Error`, like everything else: its class says more.
    const name = thrown.name === 'Error' ? thrown.constructor.name : thrown.name;
    return { error: { name: asText(name), message: asText(thrown.message) } };
  } catch {
    return { value: UNCLONEABLE }; // a getter of it threw
  }
}

/** A program may set anything for a name or a message, whatever the types say. */
function asText(value: unknown): string {
  return String(value);
}

function revivedError(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const thrown = value as { readonly [how: string]: unknown };
  if ('cancelled' in thrown) return new CancelledError(reviveCause(thrown['cancelled']));
  if (typeof thrown['error'] !== 'object' || thrown['error'] === null) return thrown['value'];
  const { name, message } = thrown['error'] as {
    readonly name?: unknown;
    readonly message?: unknown;
  };
  const error = new Error(String(message));
  error.name = String(name); // V2
  return error;
}
