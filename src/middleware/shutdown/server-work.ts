/**
 * One server on its way down: what it is answering, and how its connections end without cutting a request.
 *
 * SD5. From the announcement on, each HTTP/1 answer is the last on its connection: `Connection: close`. HTTP/2 has to wait
 *      until intake stops: after any GOAWAY that Node can send, new requests are dropped. One that crosses it is above the
 *      last one named there, so the client knows that nothing was done for it.
 * SD6. Closing the server alone would close idle connections, and with them a request that is arriving on one (H7). So they
 *      are kept until nothing is open; then the loop turns, which reads what has come, and only what is idle still is closed.
 * SD7. A connection that never sent a byte is idle too: Node would wait a minute for its first request.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server as HttpServer, ServerResponse } from 'node:http';
import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import { Server, type Socket } from 'node:net';

/** Published by Node for each HTTP/1 request, also of an HTTP/2 server; a `request` listener would change such a server. */
const REQUEST_STARTED = 'http.server.request.start';

type Answer = ServerResponse | ServerHttp2Stream;

/** Watches a server from its start on. */
export class ServerWork implements Disposable {
  /** The server has stopped listening, and its last connection has ended. */
  isClosed = false;
  /** Connections it has taken so far. */
  accepted = 0;
  readonly #server: Server;
  readonly #changed: () => void;
  /** Not one of node:net or node:tls, where the server may be the one that speaks. */
  readonly #isHttp: boolean;
  readonly #answers = new Set<Answer>();
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  #announced = false;
  #stoppedListening = false;
  #closesIdle = false;

  /** @param changed - Called when less is open than before. */
  constructor(server: Server, changed: () => void) {
    this.#server = server;
    this.#changed = changed;
    this.#isHttp = 'closeIdleConnections' in server || 'updateSettings' in server;
    server.on('connection', this.#onConnection);
    server.on('secureConnection', this.#onSocket);
    server.on('session', this.#onSession);
    server.prependListener('stream', this.#onStream);
    subscribe(REQUEST_STARTED, this.#onRequest);
  }

  /** Requests being answered. */
  get requests(): number {
    return this.#answers.size;
  }

  /** Makes every answer the last one on its connection (SD5). */
  announce(): void {
    this.#announced = true;
    for (const answer of this.#answers) makeLast(answer);
  }

  /** Takes no more connections. Those there are stay, idle ones of HTTP/1 too (SD6). */
  stopListening(): void {
    if (this.#stoppedListening) return;
    this.#stoppedListening = true;
    for (const session of this.#sessions) session.close(); // SD5
    const closed = (): void => {
      this.isClosed = true;
      this.#changed();
    };
    // Not its own `close`, which closes idle connections first (SD6).
    if (this.#server.listening) Server.prototype.close.call(this.#server, closed);
    else if (this.#sockets.size === 0) closed();
    else this.#server.once('close', closed);
  }

  /** Closes connections on which nothing happens, from now on. Call it when the loop has turned (SD6). */
  closeIdle(): void {
    this.#closesIdle = true;
    (this.#server as Partial<HttpServer>).closeIdleConnections?.();
    if (!this.#isHttp) return;
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy(); // SD7
  }

  /** Cuts every connection. */
  destroyAll(): void {
    this.stopListening();
    (this.#server as Partial<HttpServer>).closeAllConnections?.();
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#server.off('connection', this.#onConnection);
    this.#server.off('secureConnection', this.#onSocket);
    this.#server.off('session', this.#onSession);
    this.#server.off('stream', this.#onStream);
    unsubscribe(REQUEST_STARTED, this.#onRequest);
  }

  readonly #onConnection = (socket: Socket): void => {
    this.accepted++;
    this.#onSocket(socket);
  };

  readonly #onSocket = (socket: Socket): void => {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  };

  readonly #onSession = (session: ServerHttp2Session): void => {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    if (this.#stoppedListening) session.close();
  };

  readonly #onStream = (stream: ServerHttp2Stream): void => this.#began(stream);

  readonly #onRequest = (message: unknown): void => {
    const { server, response } = message as { server: Server; response: ServerResponse };
    if (server === this.#server) this.#began(response);
  };

  #began(answer: Answer): void {
    this.#answers.add(answer);
    if (this.#announced) makeLast(answer); // SD5
    answer.once('close', () => {
      this.#answers.delete(answer);
      // One whose head went out before the announcement leaves an idle connection behind.
      if (this.#closesIdle) setImmediate(() => this.closeIdle());
      this.#changed();
    });
  }
}

/** For HTTP/1; it has no effect on a head that was sent. */
function makeLast(answer: Answer): void {
  if ('shouldKeepAlive' in answer) answer.shouldKeepAlive = false;
}
