/**
 * A scope for a node:http request.
 *
 * H2. A normal answer cancels nothing. H3. The scope is named by its route, never by the path.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reportClientDisconnect } from '../../instrumentation/index.ts';
import { type Body, cancelScope, CancellationToken, type ScopeOptions } from '../../token/index.ts';
import { onClientGone } from './client-gone.ts';

/** Options of {@link requestScope}. */
export interface RequestScopeOptions extends Omit<ScopeOptions, 'token'> {
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
  const { route, ...scopeOptions } = options;
  const client = new CancellationToken({ name: 'client', ...(options.clock && { clock: options.clock }) });
  const watching = onClientGone(request, response, (phase) => {
    reportClientDisconnect({ method: request.method ?? 'GET', phase });
    client.cancel('disconnect', 'the client closed the connection');
  });
  try {
    return await cancelScope(route, { ...scopeOptions, token: client }, body);
  } finally {
    watching[Symbol.dispose]();
    client.dispose();
  }
}
