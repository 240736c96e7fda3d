import { type AddressInfo } from 'node:net';
import { createServer, connect, type Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { currentScope, type Scope } from '../../src/index.ts';
import { clientInterceptor, serverInterceptor } from '../../src/middleware/grpc/index.ts';
import { type Deferred, deferred } from './deferred.ts';

/** The four kinds of call; each is a method of the service. */
export const KINDS = ['Unary', 'ClientStream', 'ServerStream', 'Bidi'] as const;
export type Kind = (typeof KINDS)[number];

const json = {
  to: (value: unknown): Buffer => Buffer.from(JSON.stringify(value)),
  from: (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8')),
};

const sendsMany = (kind: Kind): boolean => kind === 'ClientStream' || kind === 'Bidi';
const answersMany = (kind: Kind): boolean => kind === 'ServerStream' || kind === 'Bidi';

/** A method without a .proto: messages are JSON. */
const methodOf = (kind: Kind) => ({
  path: `/shop.v1.Orders/${kind}`,
  requestStream: sendsMany(kind),
  responseStream: answersMany(kind),
  requestSerialize: json.to,
  requestDeserialize: json.from,
  responseSerialize: json.to,
  responseDeserialize: json.from,
});

type Stream = grpc.ServerDuplexStream<unknown, unknown>;

/** One call, where it is served. */
export class Served {
  readonly scope: Scope | undefined = currentScope();
  readonly kind: Kind;
  readonly call: Stream;
  readonly #callback: grpc.sendUnaryData<unknown>;

  constructor(kind: Kind, call: Stream, callback: grpc.sendUnaryData<unknown>) {
    this.kind = kind;
    this.call = call;
    this.#callback = callback;
    if (sendsMany(kind)) call.on('data', () => {});
  }

  /** Sends headers, without ending the call. */
  headers(): void {
    this.call.sendMetadata(new grpc.Metadata());
  }

  /** Sends one message of many; where the answer is one, headers. */
  message(value: unknown = 'part'): void {
    if (answersMany(this.kind)) this.call.write(value);
    else this.headers();
  }

  /** Ends the call with a value. */
  answer(value: unknown = 'done'): void {
    if (!answersMany(this.kind)) return this.#callback(null, value);
    this.call.write(value);
    this.call.end();
  }

  /** Ends the call with an error. */
  fail(error: Error | Partial<grpc.StatusObject>): void {
    if (answersMany(this.kind)) this.call.emit('error', error);
    else this.#callback(error);
  }

  /** What most handlers do with a cancel: they fail with it. Resolves with what they failed with. */
  async untilCancelled(): Promise<unknown> {
    try {
      return await this.scope?.race(new Promise(() => {}));
    } catch (error) {
      this.fail(error as Error);
      return error;
    }
  }
}

export type Handler = (served: Served) => void;

/** One call, where it is made. */
export interface Made {
  readonly call: grpc.ClientDuplexStream<unknown, unknown>;
  /** Its error, or null. */
  readonly ended: Promise<grpc.ServiceError | null>;
  readonly messages: unknown[];
  /** The answer has begun: headers, or a message. */
  readonly begun: Promise<void>;
}

class Client extends grpc.Client {
  make(kind: Kind, options: grpc.CallOptions = {}, metadata = new grpc.Metadata()): Made {
    const { path } = methodOf(kind);
    const ended = deferred<grpc.ServiceError | null>();
    const begun = deferred();
    const messages: unknown[] = [];
    const callback = (error: grpc.ServiceError | null, value?: unknown): void => {
      if (error === null) messages.push(value);
      ended.resolve(error);
    };
    const make = {
      Unary: () => this.makeUnaryRequest(path, json.to, json.from, 'ask', metadata, options, callback),
      ClientStream: () => this.makeClientStreamRequest(path, json.to, json.from, metadata, options, callback),
      ServerStream: () => this.makeServerStreamRequest(path, json.to, json.from, 'ask', metadata, options),
      Bidi: () => this.makeBidiStreamRequest(path, json.to, json.from, metadata, options),
    };
    const call = make[kind]() as Made['call'];
    call.on('metadata', () => begun.resolve());
    if (sendsMany(kind)) call.write('ask');
    if (answersMany(kind)) {
      call.on('data', (message: unknown) => void messages.push(message));
      call.on('error', (error: grpc.ServiceError) => ended.resolve(error));
      call.on('end', () => setImmediate(() => ended.resolve(null)));
    }
    return { call, ended: ended.promise, messages, begun: begun.promise };
  }
}

/** What a test decides about its server and client. */
export interface Setting {
  readonly server?: Parameters<typeof serverInterceptor>[0];
  readonly client?: Parameters<typeof clientInterceptor>[0] | 'plain';
  readonly outer?: grpc.ServerInterceptor[];
  readonly inner?: grpc.ServerInterceptor[];
}

/** A server and a client of it on loopback, gone with the test. */
export interface Service {
  readonly client: Client;
  readonly server: grpc.Server;
  /** Cuts all connections, as a lost network would. */
  readonly cut: () => void;
  /** The next call that reaches the handler. */
  readonly next: () => Promise<Served>;
}

/** @param handler - Default: hands the call to {@link Service.next} and leaves it at that. */
export async function service(setting: Setting = {}, handler?: Handler): Promise<Service> {
  const server = new grpc.Server({
    interceptors: [...(setting.inner ?? []), serverInterceptor(setting.server), ...(setting.outer ?? [])],
  });
  const waiting: Deferred<Served>[] = [];
  const arrived: Served[] = [];
  const handle =
    handler ??
    ((served: Served): void => {
      const first = waiting.shift();
      if (first === undefined) arrived.push(served);
      else first.resolve(served);
    });
  server.addService(
    Object.fromEntries(KINDS.map((kind) => [kind, methodOf(kind)])),
    Object.fromEntries(
      KINDS.map((kind) => [
        kind,
        (call: Stream, callback: grpc.sendUnaryData<unknown>) => handle(new Served(kind, call, callback)),
      ]),
    ) as grpc.UntypedServiceImplementation,
  );
  const port = await new Promise<number>((resolve, reject) => {
    const insecure = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', insecure, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
  const wire = await cuttable(port);
  const interceptors = setting.client === 'plain' ? [] : [clientInterceptor(setting.client)];
  const client = new Client(`127.0.0.1:${wire.port}`, grpc.credentials.createInsecure(), { interceptors });
  onTestFinished(() => {
    client.close();
    server.forceShutdown();
    wire.close();
  });
  const next = (): Promise<Served> => {
    const found = arrived.shift();
    if (found !== undefined) return Promise.resolve(found);
    const wait = deferred<Served>();
    waiting.push(wait);
    return wait.promise;
  };
  return { client, server, cut: wire.cut, next };
}

/** A wire to a port that can be cut. */
async function cuttable(to: number): Promise<{ port: number; cut: () => void; close: () => void }> {
  const sockets = new Set<Socket>();
  const wire = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (wire.address() as AddressInfo).port,
    cut,
    close: () => {
      cut();
      wire.close();
    },
  };
}

/** Lets the event loop turn until `condition` holds; a test that waits in vain runs into its time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
