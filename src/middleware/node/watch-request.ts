/**
 * A request of node:http and its scope, from the start to the last byte of the response.
 *
 * C26. A cancel destroys the request, or its response where there is one: only that gives its reader the error.
 * C27. Whether anybody listens for an error, or for the response, is as it would be without us: Node acts by that. So we
 *      hear of responses by Node's diagnostics channel, and of errors by its monitor event.
 * C28. A reader that destroys the response without an error has enough of it: a cancel of the caller's.
 */
import { subscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Scope } from '../../token/index.ts';
import { cancelByCaller, reasonOf, reportCut } from '../outgoing/index.ts';

/** Where a request has its watch: a WeakMap, of pairs that hold each other, would keep all that is young for long. */
const WATCH = Symbol('cancelscope.watch');
type Watched = ClientRequest & { [WATCH]?: WatchedRequest };

let subscribed = false;

/** Begins to hear of responses. Once for all. */
export function hearResponses(): void {
  if (subscribed) return;
  subscribed = true;
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { readonly request: Watched; readonly response: IncomingMessage };
    request[WATCH]?.answered(response); // C27
  });
}

/** Destroys `request` when `scope` is cancelled, and closes the scope with it. */
export function watchRequest(request: ClientRequest, scope: Scope, signal: AbortSignal | undefined): void {
  (request as Watched)[WATCH] = new WatchedRequest(request, scope, signal);
}

class WatchedRequest {
  readonly #request: ClientRequest;
  readonly #scope: Scope;
  #response: IncomingMessage | undefined;

  constructor(request: ClientRequest, scope: Scope, signal: AbortSignal | undefined) {
    this.#request = request;
    this.#scope = scope;
    request.on(errorMonitor, (error: unknown) => this.#failed(error)); // C27
    request.on('close', () => this.#closed());
    // At once, if it is cancelled: a new request takes that as well.
    scope.onCancel(() => this.#cancelled(signal), UNBOUND);
  }

  answered(response: IncomingMessage): void {
    this.#response = response;
    response.on('end', () => this.#scope.close());
  }

  #cancelled(signal: AbortSignal | undefined): void {
    if (this.#request.socket?.connecting === false) reportCut(this.#scope.name);
    if (signal?.aborted === true) return; // Node itself destroys it, by its option
    const error = reasonOf(this.#scope.token, undefined) as Error;
    (this.#response ?? this.#request).destroy(error); // C26
  }

  #failed(error: unknown): void {
    this.#scope.fail(error);
    this.#scope.close();
  }

  #closed(): void {
    const response = this.#response;
    if (response !== undefined && !response.complete) {
      if (response.errored === null) cancelByCaller(this.#scope, undefined); // C28
      else this.#scope.fail(response.errored);
    }
    this.#scope.close();
  }
}

const UNBOUND = { bind: false };
