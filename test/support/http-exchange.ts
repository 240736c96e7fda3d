import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Scope } from '../../src/index.ts';
import { requestScope } from '../../src/middleware/node/index.ts';
import { deferred } from './deferred.ts';

/** Serves `handle` on loopback until the test is over. Gives a function that opens a request to it. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<(options?: RequestOptions) => ClientRequest> {
  const server: Server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return (options = {}) => {
    const request = httpRequest({ host: '127.0.0.1', port, agent: false, ...options });
    request.on('error', () => {}); // a test that cuts the connection means to
    return request;
  };
}

/** What the body of a request's scope has in hand. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly scope: Scope;
}

/** One request as both sides see it. */
export interface BothSides {
  readonly client: ClientRequest;
  /** Resolves once the body runs. */
  readonly entered: Promise<Exchange>;
  /** Resolves with what the scope came to, value or error. */
  readonly ended: Promise<unknown>;
  readonly answered: Promise<[IncomingMessage]>;
}

/** Opens a request to a server whose handler runs `work` in the request's scope. */
export async function exchange(
  method: 'GET' | 'POST',
  phase: 'before_headers' | 'streaming',
  work: (exchange: Exchange) => unknown,
  prepare: (request: IncomingMessage, response: ServerResponse) => void = () => {},
): Promise<BothSides> {
  const entered = deferred<Exchange>();
  const ended = deferred<unknown>();
  const open = await serve((request, response) => {
    prepare(request, response);
    requestScope(request, response, { route: `${method.toLowerCase()}:/orders/{id}` }, async (scope) => {
      if (phase === 'streaming') response.write('first part');
      entered.resolve({ request, response, scope });
      return work({ request, response, scope });
    }).then(ended.resolve, ended.resolve);
  });
  const client = open({ method, path: '/orders/42', headers: method === 'POST' ? { 'content-length': 5 } : {} });
  const answered = once(client, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => {});
  return { client, entered: entered.promise, ended: ended.promise, answered };
}

/** Sends the whole request. */
export function send(client: ClientRequest, method: 'GET' | 'POST'): void {
  if (method === 'POST') client.write('hello');
  client.end();
}

/** A body that ends with its cancel only. */
export const untilCancelled = ({ scope }: Exchange): Promise<never> => scope.race(new Promise<never>(() => {}));
