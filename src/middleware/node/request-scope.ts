/**
 * A scope for a request of node:http or node:http2.
 *
 * H2. A normal answer cancels nothing. H3. The scope is named by its route, never by the path.
 */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { type Body, cancelScope, InvalidArgumentError, type Scope } from '../../token/index.ts';
import {
  checkRequestOptions,
  type NodeRequest,
  type NodeResponse,
  nodeView,
  type OwnScopeOptions,
  planRequest,
  type RequestOptions,
  type RequestView,
  streamView,
} from '../http/index.ts';

/** Options of {@link requestScope}, and what any scope may have. */
export interface RequestScopeOptions<Request = NodeRequest> extends RequestOptions<Request>, OwnScopeOptions {
  /** What to call the scope: the route's template (H3), such as `get:/orders/{id}`. */
  readonly route: string;
}

/**
 * Runs `body` in a scope that is cancelled with `disconnect` when the client goes away before the answer is complete,
 * and by the budgets it has. It ends with its body: one that pipes into the answer waits for that.
 *
 * @throws {CancelledError} it was cancelled: with `status` and `headers`, for {@link answerCancelled}.
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it. (Rejects, never throws at once.)
 *
 * @example
 * createServer((request, response) => {
 *   requestScope(request, response, { route: 'get:/report', timeoutMs: 2_000 }, async (scope) => {
 *     response.end(await render({ signal: scope.signal }));
 *   }).catch((error) => answerCancelled(response, error) || fail(response, error));
 * });
 */
export function requestScope<T>(
  request: NodeRequest,
  response: NodeResponse,
  options: RequestScopeOptions,
  body: Body<T>,
): Promise<T> {
  return inRequest(nodeView(request, request, response), options, body);
}

/**
 * The same for a request of node:http2's core API, which comes as a stream and headers.
 *
 * @throws {CancelledError} as {@link requestScope}.
 *
 * @example
 * server.on('stream', (stream, headers) => {
 *   streamScope(stream, headers, { route: 'get:/feed' }, (scope) => pipeline(feed(scope.signal), stream)).catch((error) =>
 *     answerCancelled(stream, error),
 *   );
 * });
 */
export function streamScope<T>(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: RequestScopeOptions<ServerHttp2Stream>,
  body: Body<T>,
): Promise<T> {
  return inRequest(streamView(stream, headers), options, body);
}

async function inRequest<Request, T>(
  view: RequestView<Request>,
  options: RequestScopeOptions<Request>,
  body: Body<T>,
): Promise<T> {
  checkRequestOptions(options);
  const { route } = options;
  if (typeof route !== 'string' || route === '') {
    throw new InvalidArgumentError('route', 'the template of a route, such as get:/orders/{id}', route);
  }
  const { scopeOptions, answerable } = planRequest(view, options, ownOptions(options));
  let scope: Scope | undefined;
  try {
    return await cancelScope(route, scopeOptions, (opened) => body((scope = opened)));
  } catch (error) {
    throw answerable(error, scope);
  }
}

const OWN = [
  'deadline',
  'parent',
  'detached',
  'signal',
  'keepAlive',
  'triggers',
] as const satisfies readonly (keyof OwnScopeOptions)[];

/** The options that are the scope's alone; most requests have none. */
function ownOptions(options: OwnScopeOptions): OwnScopeOptions | undefined {
  if (!OWN.some((option) => options[option] !== undefined)) return undefined;
  return Object.fromEntries(
    OWN.filter((option) => options[option] !== undefined).map((option) => [option, options[option]]),
  );
}
