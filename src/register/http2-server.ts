/**
 * Clients of HTTP/2 servers, by diagnostics channels: those of core streams and of the compatibility API alike, which are
 * streams too and so counted once. A Node without these channels (22.15; 22.23 has them) observes HTTP/1.1 only.
 *
 * Z22. The client went away when its stream closes aborted, and not because the server destroyed it or its session: a stream
 *      that ends with its connection is cancelled by Node (code 8), and one whose connection broke, and so its session, has
 *      the error of the system. A stream that the server itself closes with code 8, its answer not ended, looks the same and counts too.
 */
import { subscribe } from 'node:diagnostics_channel';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Scope } from '../token/index.ts';
import { isOfSystem } from '../middleware/http/index.ts';
import { clientGone, endRequest, openRequest } from './server-request.ts';
import { harmless } from './warn.ts';

interface Message {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
}

const streams = new WeakMap<ServerHttp2Stream, { readonly scope: Scope; readonly method: string | undefined }>();

/** Observes every server. */
export function startHttp2Server(): void {
  subscribe(
    'http2.server.stream.start',
    harmless((message) => started(message as Message)),
  );
  subscribe(
    'http2.server.stream.close',
    harmless((message) => closed(message as Message)),
  );
}

function started({ stream, headers }: Message): void {
  const method = headers[':method'];
  if (method === 'CONNECT' || isPushed(stream)) return; // a tunnel; nobody's request
  streams.set(stream, { scope: openRequest(method, stream), method });
}

/** Streams with even numbers are the server's own. */
function isPushed({ id }: ServerHttp2Stream): boolean {
  return id !== undefined && id % 2 === 0;
}

function closed({ stream }: Message): void {
  const found = streams.get(stream);
  if (found === undefined) return;
  streams.delete(stream);
  if (isClosedByPeer(stream)) clientGone(found.scope, found.method, stream, stream.headersSent);
  else endRequest(found.scope);
}

function isClosedByPeer({ aborted, destroyed, rstCode, errored, session }: ServerHttp2Stream): boolean {
  if (!aborted) return false;
  if (!destroyed || rstCode === constants.NGHTTP2_CANCEL) return true; // Z22
  return session?.destroyed === true && isOfSystem(errored); // not one that came from elsewhere, by a pipeline
}
