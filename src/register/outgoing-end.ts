/**
 * How an outgoing call ended that came to no answer: cancelled by somebody, by a timer, or failed.
 *
 * Z7. An error says who cancelled: ours brings its cause along, one that was given to an observed `abort` that of the
 *     abort. A TimeoutError, also under the AbortError of node:http, and undici's own timeouts are `timeout`; any other
 *     AbortError, and what is no error at all (a reason somebody gave), is `abort`. The rest failed. Where undici
 *     itself drops the reason it is `abort`: a fetch that had no connection yet, a `request` whose answer had begun.
 */
import { CancelledError, type Scope } from '../token/index.ts';
import { causeOfReason } from './abort-causes.ts';
import { cancelObserved, failObserved, nameFor, type ObservedCancel, openObserved } from './observed-scope.ts';

/** Opens the scope of a call. */
export function openCall(method: unknown, request: object): Scope {
  return openObserved(nameFor('outgoing', method), request);
}

/** Ends it by what it ended with. */
export function endByError(scope: Scope, error: unknown): void {
  const cancel = cancelIn(error);
  if (cancel === undefined) failObserved(scope, error);
  else cancelObserved(scope, cancel);
}

const TIMEOUT_CODES: ReadonlySet<unknown> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const ABORT_CODES: ReadonlySet<unknown> = new Set(['ABORT_ERR', 'UND_ERR_ABORTED']);
const VIA: readonly string[] = ['AbortSignal'];

/** The cancel that an error is of; undefined for a failure (Z7). */
export function cancelIn(error: unknown): ObservedCancel | undefined {
  const own = ownCancel(error);
  if (own !== undefined) return own;
  const name = property(error, 'name');
  if (name === 'TimeoutError') return { reason: 'timeout', message: messageIn(error), via: [...VIA] };
  if (TIMEOUT_CODES.has(property(error, 'code'))) return { reason: 'timeout', message: messageIn(error) };
  if (!isError(error)) return { reason: 'abort', message: messageIn(error), via: [...VIA] };
  if (name !== 'AbortError' && !ABORT_CODES.has(property(error, 'code'))) return undefined;
  const under = property(error, 'cause');
  if (under === undefined || under === null) return { reason: 'abort', message: messageIn(error), via: [...VIA] };
  return cancelUnder(under);
}

/** What node:http's AbortError was made for: the reason that somebody gave. */
function cancelUnder(reason: unknown): ObservedCancel {
  const own = ownCancel(reason);
  if (own !== undefined) return own;
  const isTimeout = property(reason, 'name') === 'TimeoutError';
  return { reason: isTimeout ? 'timeout' : 'abort', message: messageIn(reason), via: [...VIA] };
}

function ownCancel(reason: unknown): ObservedCancel | undefined {
  const parent = reason instanceof CancelledError ? reason.cause : causeOfReason(reason);
  return parent && { reason: 'parent', parent };
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false; // a proxy may refuse to be asked
  }
}

/** What an error or a reason says, if it is text. */
export function messageIn(value: unknown): string | undefined {
  const message = typeof value === 'object' ? property(value, 'message') : value;
  return typeof message === 'string' ? message : undefined;
}

/** A property, of whatever it may be; one that throws is none. */
export function property(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
