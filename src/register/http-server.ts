/**
 * Clients of HTTP/1.1 servers, by diagnostics channels.
 *
 * H1. The client went away when its connection closes, by its own doing, before the answer was ended or destroyed. That
 *     is looked at first thing when the connection closes: before the request hears 'aborted' and a body parser answers
 *     400 to nobody. What the server destroyed itself is no disconnect: a client that leaves ends the connection, or
 *     breaks it with an error of the system.
 * Z21. Nothing is replaced, and there is no listener on any request or answer: one on each connection, for its 'close'.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Scope } from '../token/index.ts';
import { isOfSystem } from '../middleware/http/index.ts';
import { clientGone, endRequest, openRequest } from './server-request.ts';
import { harmless } from './warn.ts';

interface Message {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly server: Server;
}

/** What is being answered on one connection: more than one, where requests are pipelined. */
type Unanswered = Map<ServerResponse, { readonly scope: Scope; readonly method: string | undefined }>;

const connections = new WeakMap<Socket, Unanswered>();

/** Servers of our own. */
const unobserved = new WeakSet<object>();

/** Observes every server but those of {@link leaveOut}. */
export function startHttpServer(): void {
  subscribe(
    'http.server.request.start',
    harmless((message) => started(message as Message)),
  );
  subscribe(
    'http.server.response.finish',
    harmless((message) => finished(message as Message)),
  );
}

/** Does not observe the clients of `server`. */
export function leaveOut(server: object): void {
  unobserved.add(server);
}

function started({ request, response, socket, server }: Message): void {
  if (unobserved.has(server)) return;
  let unanswered = connections.get(socket);
  if (unanswered === undefined) connections.set(socket, (unanswered = watch(socket)));
  const { method } = request;
  unanswered.set(response, { scope: openRequest(method, response), method });
}

function finished({ response, socket }: Message): void {
  const unanswered = connections.get(socket);
  const answered = unanswered?.get(response);
  if (answered === undefined) return;
  unanswered?.delete(response);
  endRequest(answered.scope);
}

function watch(socket: Socket): Unanswered {
  const unanswered: Unanswered = new Map();
  socket.prependListener(
    'close',
    harmless(() => {
      const byPeer = isClosedByPeer(socket);
      for (const [response, { scope, method }] of unanswered) {
        if (byPeer && !response.writableEnded && !response.destroyed) {
          clientGone(scope, method, response, response.headersSent); // H1
        } else {
          endRequest(scope);
        }
      }
      unanswered.clear();
    }),
  );
  return unanswered;
}

/** Whether the other side ended the connection, or it broke. */
function isClosedByPeer(socket: Socket): boolean {
  return socket.readableEnded || isOfSystem(socket.errored);
}
