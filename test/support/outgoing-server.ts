/** Servers on loopback for calls to be made to, and what they see of their clients. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { deferred } from './deferred.ts';

/** A server that calls are made to. */
export interface OutgoingServer {
  /** `http://127.0.0.1:1234`. */
  readonly url: string;
  /** `127.0.0.1:1234`. */
  readonly host: string;
  /** Connections taken so far. */
  readonly connections: () => number;
  /** Requests taken so far. */
  readonly requests: () => number;
}

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves `handle` on loopback until the test is over. */
export async function serveCalls(handle: Handle, host = '127.0.0.1'): Promise<OutgoingServer> {
  let connections = 0;
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    handle(request, response);
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  const at = `${host}:${port}`;
  return { url: `http://${at}`, host: at, connections: () => connections, requests: () => requests };
}

/** How far an exchange is when something happens to it. */
export type Phase = 'connecting' | 'before headers' | 'amid headers' | 'amid the body';

export const PHASES: readonly Phase[] = ['connecting', 'before headers', 'amid headers', 'amid the body'];

/** A peer that stays in one phase. */
export interface StuckServer {
  readonly url: string;
  /** Resolves when an exchange is in that phase, as far as the server knows. */
  readonly reached: Promise<void>;
  /** Resolves when the client has cut the connection. */
  readonly cut: Promise<void>;
}

const UNTIL: Readonly<Record<Phase, string>> = {
  connecting: '',
  'before headers': '',
  'amid headers': 'HTTP/1.1 200 OK\r\nContent-Type: text/pl',
  'amid the body': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst part',
};

/** A server that gets as far as `phase` with the first request, and no further. Connecting: TLS that is never answered. */
export async function stuckServer(phase: Phase): Promise<StuckServer> {
  const reached = deferred();
  const cut = deferred();
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => cut.resolve());
    socket.once('data', () => {
      socket.resume();
      socket.write(UNTIL[phase], () => reached.resolve());
    });
    onTestFinished(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const scheme = phase === 'connecting' ? 'https' : 'http';
  return { url: `${scheme}://127.0.0.1:${port}/stuck`, reached: reached.promise, cut: cut.promise };
}
