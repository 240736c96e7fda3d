/**
 * Calls by node:http and node:https, by diagnostics channels.
 *
 * Z9. As with undici (Z8). No channel tells of the end of an answer, so there is one listener, on its 'close'; the
 *     error of a call that is aborted in the middle of its answer comes right after that.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Scope } from '../token/index.ts';
import { completeObserved, failObserved } from './observed-scope.ts';
import { endByError, openCall } from './outgoing-end.ts';
import { harmless } from './warn.ts';

interface Message {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
  readonly error?: unknown;
}

const calls = new WeakMap<ClientRequest, Scope>();

/** Observes every call. */
export function startNodeClient(): void {
  on('http.client.request.created', ({ request }) => {
    if (request.method === 'CONNECT' || request.hasHeader('upgrade')) return;
    calls.set(request, openCall(request.method, request));
  });
  on('http.client.request.error', ({ request, error }) => {
    const scope = taken(request);
    if (scope !== undefined) endByError(scope, error);
  });
  on('http.client.response.finish', ({ request, response }) => {
    if (calls.has(request))
      response.prependOnceListener(
        'close',
        harmless(() => answered(request, response)),
      );
  });
}

function answered(request: ClientRequest, response: IncomingMessage): void {
  if (response.complete) {
    const scope = taken(request);
    if (scope !== undefined) completeObserved(scope);
    return;
  }
  const { errored } = response;
  setImmediate(
    harmless(() => {
      const scope = taken(request); // none: its error has been told of meanwhile (Z9)
      if (scope !== undefined) failObserved(scope, errored ?? new Error('the answer was cut off'));
    }),
  ).unref();
}

function on(channel: string, listener: (message: Message) => void): void {
  subscribe(
    channel,
    harmless((message) => listener(message as Message)),
  );
}

function taken(request: ClientRequest): Scope | undefined {
  const scope = calls.get(request);
  calls.delete(request);
  return scope;
}
