/**
 * A proxy before Postgres that knows cancel requests from queries, and lets a test say when each goes on.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { deferred } from '../../support/deferred.ts';

const CANCEL_CODE = 80_877_102;
const TLS_CODE = 80_877_103;

/** A cancel request the proxy has. */
export interface HeldCancel {
  /** Hands it to the server, also when the client has gone; resolves when the server has closed its connection. */
  pass(): Promise<void>;
  /** Cuts its connection with a reset; the server never hears of it. */
  reset(): void;
}

export interface CancelProxy {
  readonly port: number;
  /** What connections began with, in order. */
  readonly began: ('cancel' | 'tls' | 'startup')[];
  /** Whether cancel requests are held; default false. */
  holdCancels: boolean;
  /** The next cancel request that comes, or came and nobody took. */
  nextCancel(): Promise<HeldCancel>;
  /** Keeps what clients send to the server from now on; what they are sent goes on. */
  holdQueries(): void;
  /** Sends on what was kept. */
  passQueries(): void;
}

/** Starts one on a loopback port, until the test is over. */
export async function startProxy(serverPort: number): Promise<CancelProxy> {
  const came: HeldCancel[] = [];
  const wanted: ((cancel: HeldCancel) => void)[] = [];
  const began: CancelProxy['began'] = [];
  const sockets = new Set<Socket>();
  let kept: (() => void)[] | undefined;
  const toServer = (client: Socket): Socket => {
    const server = opened(connect(serverPort, '127.0.0.1'));
    server.pipe(client);
    return server.on('close', () => client.destroy());
  };
  const opened = (socket: Socket): Socket => {
    sockets.add(socket.on('error', () => {}));
    return socket.on('close', () => sockets.delete(socket));
  };
  const listener = createServer((client) => {
    opened(client).once('data', (first: Buffer) => {
      const code = first.readInt32BE(4);
      began.push(code === CANCEL_CODE ? 'cancel' : code === TLS_CODE ? 'tls' : 'startup');
      if (code !== CANCEL_CODE || !proxy.holdCancels) {
        const server = toServer(client);
        client.on('close', () => server.destroy());
        server.write(first);
        client.on('data', (data: Buffer) =>
          kept === undefined ? server.write(data) : kept.push(() => server.write(data)),
        );
        return;
      }
      const cancel: HeldCancel = {
        pass: async () => {
          const over = deferred();
          toServer(client)
            .on('close', () => over.resolve())
            .write(first);
          await over.promise;
        },
        reset: () => void client.resetAndDestroy(),
      };
      const taker = wanted.shift();
      if (taker === undefined) came.push(cancel);
      else taker(cancel);
    });
  });
  const proxy: CancelProxy = {
    port: 0,
    began,
    holdCancels: false,
    nextCancel: () => {
      const cancel = came.shift();
      return cancel === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(cancel);
    },
    holdQueries: () => void (kept ??= []),
    passQueries: () => {
      const sends = kept ?? [];
      kept = undefined;
      for (const send of sends) send();
    },
  };
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  return Object.assign(proxy, { port: (listener.address() as AddressInfo).port });
}
