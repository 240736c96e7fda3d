/**
 * Requests of node:http and node:http2, as the rest of middleware sees them.
 */
import type { ServerHttp2Stream } from 'node:http2';
import { type NodeRequest, type NodeResponse, onClientGone, onStreamGone } from './client-gone.ts';
import type { RequestView } from './request-plan.ts';

/** A request of a server of node:http, or of node:http2's compatibility API. */
export function nodeView<Request>(
  request: Request,
  raw: NodeRequest,
  response: NodeResponse,
  watch: RequestView<Request>['watch'] = (gone) => onClientGone(raw, response, gone),
): RequestView<Request> {
  return {
    request,
    method: raw.method ?? 'GET',
    httpVersion: raw.httpVersionMajor,
    headerOf: (name) => raw.headers[name],
    watch,
    answer: 'stream' in response ? response.stream : response,
  };
}

/** A request that is a stream of node:http2. */
export function streamView(
  stream: ServerHttp2Stream,
  headers: Readonly<Record<string, unknown>>,
): RequestView<ServerHttp2Stream> {
  const method = headers[':method'];
  return {
    request: stream,
    method: typeof method === 'string' ? method : 'GET',
    httpVersion: 2,
    headerOf: (name) => headers[name],
    watch: (gone) => onStreamGone(stream, gone),
    answer: stream,
  };
}
