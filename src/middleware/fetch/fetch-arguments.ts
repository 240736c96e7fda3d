/**
 * Reading what `fetch` was given, and giving it on with changes.
 *
 * C14. What the program passed is not touched; an `init` that is a Request, or inherits its members, keeps all of them.
 */
import type { OutgoingRequest } from '../outgoing/index.ts';

/** The first argument of `fetch`. */
export type FetchInput = Parameters<typeof globalThis.fetch>[0];

/** A request as `fetch` is to make it: its two arguments. */
export interface FetchArguments {
  readonly input: FetchInput;
  readonly init: RequestInit | undefined;
}

/** Whether it is a Request, of whatever implementation. */
export function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input;
}

/** The signal the caller gave; an `init` that says none overrides the Request's, as in `fetch`. */
export function signalIn({ input, init }: FetchArguments): AbortSignal | undefined {
  return (init?.signal === undefined && isRequest(input) ? input.signal : init?.signal) ?? undefined;
}

/** Where it goes; undefined where that cannot be read, which is for `fetch` to say. */
export function urlOf(input: FetchInput): URL | undefined {
  if (input instanceof URL) return input;
  try {
    return new URL(isRequest(input) ? input.url : input);
  } catch {
    return undefined;
  }
}

/** The method, as it was written. */
export function methodOf({ input, init }: FetchArguments): string {
  return init?.method ?? (isRequest(input) ? input.method : 'GET');
}

/** A copy of its headers. @throws {TypeError} they are none; the same as from `fetch`. */
export function headersOf({ input, init }: FetchArguments): Headers {
  return new Headers(init?.headers ?? (isRequest(input) ? input.headers : undefined));
}

/** What a call's name is made of. */
export function describe(given: FetchArguments, url: URL | undefined): OutgoingRequest {
  const path = url === undefined ? '' : url.pathname + url.search;
  return { method: methodOf(given).toUpperCase(), host: url?.host ?? '', path };
}

const MEMBERS = [
  ...['method', 'headers', 'body', 'redirect', 'referrer', 'referrerPolicy', 'mode', 'credentials', 'cache'],
  ...['integrity', 'keepalive', 'duplex'],
] as const;

/** A copy of `init` with `changes` (C14). */
export function initWith(init: RequestInit | undefined, changes: RequestInit): RequestInit {
  const copy = { ...init, ...changes };
  const prototype: unknown = init === undefined ? null : Object.getPrototypeOf(init);
  return prototype === null || prototype === Object.prototype ? copy : { ...membersOf(init as RequestInit), ...copy };
}

/** The members that a Request or an `init` has, its own or not. */
export function membersOf(init: RequestInit): RequestInit {
  const all = init as Readonly<Record<string, unknown>>;
  return Object.fromEntries(MEMBERS.filter((name) => all[name] != null).map((name) => [name, all[name]]));
}
