import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Shutdown, shutdownScope } from '../../src/middleware/shutdown/index.ts';
import { type VirtualClock, virtualClock } from '../../src/testing/index.ts';

/** Options as a user gives them. */
export type Options = NonNullable<Parameters<typeof shutdownScope>[0]>;

/** A shutdown that is let go of when the test is over. */
export function shutdownInTest(options: Options = {}): Shutdown {
  const shutdown = shutdownScope(options);
  onTestFinished(() => shutdown[Symbol.dispose]());
  return shutdown;
}

/** One on a clock moved by hand. */
export function shutdownByHand(options: Options = {}): { readonly shutdown: Shutdown; readonly clock: VirtualClock } {
  const clock = virtualClock();
  return { shutdown: shutdownInTest({ clock, ...options }), clock };
}

/** Listens on loopback until the test is over; gives its port. */
export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    (server as Partial<HttpServer>).closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server of node:http that answers with `handle`. */
export async function serving(
  handle: RequestListener,
): Promise<{ readonly server: HttpServer; readonly port: number }> {
  const server = createServer(handle);
  return { server, port: await listening(server) };
}

/** A client that shows every byte. */
export interface RawClient {
  readonly socket: Socket;
  /** All it has received. */
  readonly text: () => string;
  /** Resolves once `pattern` is in there; rejects when the connection ends before. */
  received(pattern: RegExp): Promise<void>;
  /** Resolves with the error code of the connection's end: undefined for a clean one. */
  readonly ended: Promise<string | undefined>;
}

/** Connects to loopback; what it is given to say is sent as soon as that can be. */
export async function rawClient(port: number, say = ''): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1');
  if (say !== '') socket.write(say);
  onTestFinished(() => void socket.destroy());
  let text = '';
  let code: string | undefined;
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code));
  const ended = new Promise<string | undefined>((resolve) => socket.on('close', () => resolve(code)));
  await once(socket, 'connect');
  return {
    socket,
    text: () => text,
    ended,
    received: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve();
        };
        socket.on('data', look);
        socket.on('close', () => reject(new Error(`ended (${code}) without ${pattern}: ${text}`)));
        look();
      }),
  };
}

/** A request in bytes, on a connection that stays. */
export const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n';

/** One that has had an answer, and is idle. */
export async function idleClient(port: number): Promise<RawClient> {
  const client = await rawClient(port);
  client.socket.write(REQUEST);
  await client.received(/\r\n\r\n[^]*hello$/);
  return client;
}

/** The whole of an answer. */
export async function bodyOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += String(part);
  return text;
}

/** Lets the event loop turn, with everything that is due in it. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
