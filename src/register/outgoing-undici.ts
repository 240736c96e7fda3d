/**
 * Calls of `fetch` and undici, of Node's own copy and any installed one, by diagnostics channels.
 *
 * Z8. A call is an observed scope called `outgoing:{method}`, from its request to the end of its answer. Tunnels and
 *     upgrades are left out: they have no end of this kind.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Scope } from '../token/index.ts';
import { completeObserved } from './observed-scope.ts';
import { endByError, openCall } from './outgoing-end.ts';
import { harmless } from './warn.ts';

interface Message {
  readonly request: { readonly method?: unknown; readonly upgrade?: unknown };
  readonly error?: unknown;
}

const calls = new WeakMap<object, Scope>();

/** Observes every call. */
export function startUndici(): void {
  on('undici:request:create', ({ request }) => {
    if (request.method !== 'CONNECT' && !request.upgrade) calls.set(request, openCall(request.method, request));
  });
  on('undici:request:trailers', ({ request }) => {
    const scope = taken(request);
    if (scope !== undefined) completeObserved(scope);
  });
  on('undici:request:error', ({ request, error }) => {
    const scope = taken(request);
    if (scope !== undefined) endByError(scope, error);
  });
}

function on(channel: string, listener: (message: Message) => void): void {
  subscribe(
    channel,
    harmless((message) => listener(message as Message)),
  );
}

function taken(request: object): Scope | undefined {
  const scope = calls.get(request);
  calls.delete(request);
  return scope;
}
