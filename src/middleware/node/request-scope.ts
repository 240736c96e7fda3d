/**
 * A scope for a node:http request.
 *
 * H2. A normal answer cancels nothing. H3. The scope is named by its route, never by the path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reportClientDisconnect } from '../../instrumentation/index.ts';
import {
  type Body,
  cancelScope,
  InvalidArgumentError,
  type NamedTrigger,
  type ScopeOptions,
} from '../../token/index.ts';
import { onClientGone } from './client-gone.ts';

/** Options of {@link requestScope}. */
export interface RequestScopeOptions extends ScopeOptions {
  /** What to call the scope: the route's template (H3), such as `get:/orders/{id}`. */
  readonly route: string;
}

/**
 * Runs `body` in a scope that is cancelled with `disconnect` when the client goes away before the answer is complete.
 *
 * @throws {CancelledError} the client went away, the budget ran out, or a scope around it was cancelled.
 *
 * @example
 * createServer((request, response) => {
 *   requestScope(request, response, { route: 'get:/report', timeoutMs: 2_000 }, async (scope) => {
 *     response.end(await render({ signal: scope.signal }));
 *   }).catch((error) => fail(response, error));
 * });
 */
export async function requestScope<T>(
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestScopeOptions,
  body: Body<T>,
): Promise<T> {
  const { route, triggers = [], ...scopeOptions } = options;
  if (typeof route !== 'string' || route === '') {
    throw new InvalidArgumentError('route', 'the template of a route, such as get:/orders/{id}', route);
  }
  return cancelScope(route, { ...scopeOptions, triggers: [clientGone(request, response), ...triggers] }, body);
}

function clientGone(request: IncomingMessage, response: ServerResponse): NamedTrigger {
  return {
    name: 'client',
    start: (cancel) =>
      onClientGone(request, response, (phase) => {
        reportClientDisconnect({ method: request.method ?? 'GET', phase });
        cancel('disconnect', 'the client closed the connection');
      }),
  };
}
