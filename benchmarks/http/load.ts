/**
 * Requests at a server, as cheap for whoever sends them as can be: what is measured is the server.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const REQUEST = Buffer.from('GET /orders/42 HTTP/1.1\r\nHost: localhost\r\n\r\n');
/** How an answer ends: see `framework.ts`. */
const END = Buffer.from('{"id":"42"}');
/** Requests on their way at once, each on a connection of its own, as from a proxy. */
const CONNECTIONS = 8;
/** Requests a sample, of each connection: so many that a server is at work, not just woken. */
const REQUESTS = 60;

/** Connections to one server, kept open. */
export class Load implements Disposable {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async to(port: number): Promise<Load> {
    const sockets = Array.from({ length: CONNECTIONS }, () => connect({ port, host: '127.0.0.1', noDelay: true }));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Load(sockets);
  }

  /** Sends a batch of requests, each connection one after the other. @returns The ns of one. */
  async sample(): Promise<number> {
    using _awake = stayAwake();
    const from = process.hrtime.bigint();
    await Promise.all(this.#sockets.map(exchange));
    return Number(process.hrtime.bigint() - from) / (CONNECTIONS * REQUESTS);
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/**
 * Keeps this thread from sleeping. One that waits for a slower server sleeps more often, and to wake it takes that server
 * several microseconds of each answer: then it is not the middleware that is measured.
 */
function stayAwake(): Disposable {
  let next = setImmediate(function turn() {
    next = setImmediate(turn);
  });
  return { [Symbol.dispose]: () => clearImmediate(next) };
}

function exchange(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = REQUESTS;
    const onData = (data: Buffer): void => {
      if (!data.subarray(-END.length).equals(END)) return; // answers are small: the last bytes end one
      if (--left > 0) {
        socket.write(REQUEST);
        return;
      }
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve();
    };
    const onClose = (): void => reject(new Error('the server closed a connection'));
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.write(REQUEST);
  });
}
