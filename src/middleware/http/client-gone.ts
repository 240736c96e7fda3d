/**
 * When the client of an HTTP request went away.
 *
 * H1. That is `res` 'close' while `res.writableEnded` is false, with three edges. A client gone in the middle of its
 *     upload counts by `req` 'aborted', because a body parser answers 400 to nobody before 'close'. The server's own
 *     `destroy()`, of the response, the request or the connection, looks the same and is no disconnect: a client that
 *     leaves ends the connection or breaks it, and both are noted at the socket. On HTTP/2 `writableEnded` misleads:
 *     there a client has left when its stream is 'aborted' before it is destroyed, or its connection was reset.
 *
 * Nothing here is replaced or changed on the request, the response or the socket.
 */
import { Disposer } from '../../token/index.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** How far the answer was when its client went away. */
export type DisconnectPhase = 'before_headers' | 'streaming';

/** The request of a node:http server, or of a node:http2 server's compatibility API. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
/** The response to it. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/** Calls `gone` at most once, if the client goes away before the answer is complete. */
export function onClientGone(
  request: NodeRequest,
  response: NodeResponse,
  gone: (phase: DisconnectPhase) => void,
): Disposable {
  if ('stream' in response) return onStreamAborted(response.stream, () => response.writableEnded, gone);
  const { socket } = request;
  const look = (): void => {
    if (response.writableEnded || !brokenByPeer(socket, request, response)) return;
    dispose();
    gone(response.headersSent ? 'streaming' : 'before_headers');
  };
  const onClose = (): void => {
    look();
    dispose();
  };
  const uploads = hasBody(request);
  const dispose = (): void => {
    if (response.writableEnded) return; // they do nothing any more, and go with the request
    if (uploads) request.off('aborted', look);
    response.off('close', onClose);
  };
  if (uploads) request.prependListener('aborted', look);
  response.prependListener('close', onClose);
  if (response.closed) onClose(); // gone before anybody watched
  return new Disposer(dispose);
}

/** The same for a stream of node:http2. */
export function onStreamGone(stream: ServerHttp2Stream, gone: (phase: DisconnectPhase) => void): Disposable {
  return onStreamAborted(stream, () => stream.writableEnded, gone);
}

function onStreamAborted(
  stream: ServerHttp2Stream,
  isAnswered: () => boolean,
  gone: (phase: DisconnectPhase) => void,
): Disposable {
  const onAborted = (): void => {
    const isReset = stream.session?.destroyed === true && isOfSystem(stream.errored);
    if ((!stream.destroyed || isReset) && !isAnswered()) tell();
  };
  const tell = (): void => gone(stream.headersSent ? 'streaming' : 'before_headers');
  if (stream.aborted) {
    tell(); // by whom cannot be told any more
    return new Disposer(() => {});
  }
  stream.prependOnceListener('aborted', onAborted);
  return new Disposer(() => stream.off('aborted', onAborted));
}

/** Whether a body belongs to a request of HTTP/1.1. Read from the raw headers: the others are made when first asked for. */
function hasBody({ rawHeaders }: NodeRequest): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true;
  }
  return false;
}

/** Whether the other side ended the connection, or it broke, by no error that the server destroyed it with. */
function brokenByPeer(socket: Socket | null, request: NodeRequest, response: NodeResponse): boolean {
  if (socket?.readableEnded === undefined) return true; // no real connection: a simulated request
  if (socket.readableEnded) return true;
  const { errored } = socket;
  return isOfSystem(errored) && errored !== (response as ServerResponse).errored && errored !== request.errored;
}

/** Whether a connection broke with such an error: those of the system name a system call, a program's own do not. */
export function isOfSystem(error: Error | null | undefined): boolean {
  return typeof (error as { syscall?: unknown } | null | undefined)?.syscall === 'string';
}
