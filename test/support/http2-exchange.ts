import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2ServerResponse,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, connect as tcpConnect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Scope } from '../../src/index.ts';
import { requestScope, streamScope } from '../../src/middleware/node/index.ts';
import { deferred } from './deferred.ts';

/** The two APIs of node:http2 servers. */
export type Http2Api = 'compatibility' | 'core';
export type Http2Phase = 'mid-upload' | 'before headers' | 'mid-body';

/** What the body of a request's scope has in hand. */
export interface Http2Exchange {
  readonly stream: ServerHttp2Stream;
  /** Undefined in the core API. */
  readonly response: Http2ServerResponse | undefined;
  readonly scope: Scope;
}

/** One request as both sides see it. */
export interface Http2BothSides {
  readonly session: ClientHttp2Session;
  readonly connection: Socket;
  readonly client: ClientHttp2Stream;
  readonly exchange: Http2Exchange;
  /** Resolves with what the scope came to, value or error. */
  readonly ended: Promise<unknown>;
}

/** Opens a request over HTTP/2 to a server that runs `work` in its scope; resolves once that runs, in the phase asked for. */
export async function http2Exchange(
  api: Http2Api,
  method: 'GET' | 'POST',
  phase: Http2Phase,
  work: (exchange: Http2Exchange) => unknown,
): Promise<Http2BothSides> {
  const server = createServer();
  const entered = deferred<Http2Exchange>();
  const ended = deferred<unknown>();
  const route = `${method.toLowerCase()}:/orders/{id}`;
  server.on('sessionError', () => {});
  if (api === 'core') {
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      streamScope(stream, headers, { route }, (scope) => {
        if (phase === 'mid-body') {
          stream.respond({ ':status': 200 });
          stream.write('first part');
        }
        const exchange = { stream, response: undefined, scope };
        entered.resolve(exchange);
        return work(exchange);
      }).then(ended.resolve, ended.resolve);
    });
  } else {
    server.on('request', (request, response) => {
      request.on('error', () => {});
      requestScope(request, response, { route }, (scope) => {
        if (phase === 'mid-body') response.write('first part');
        const exchange = { stream: response.stream, response, scope };
        entered.resolve(exchange);
        return work(exchange);
      }).then(ended.resolve, ended.resolve);
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = tcpConnect((server.address() as AddressInfo).port, '127.0.0.1');
  connection.on('error', () => {});
  const session = connect('http://127.0.0.1', { createConnection: () => connection });
  session.on('error', () => {});
  onTestFinished(async () => {
    session.destroy();
    server.close();
    await once(server, 'close');
  });
  const client = session.request({ ':method': method, ':path': '/orders/42' }, { endStream: method === 'GET' });
  client.on('error', () => {});
  if (phase === 'mid-upload') client.write('he');
  else if (method === 'POST') client.end('hello');
  const exchange = await entered.promise;
  if (phase === 'mid-body') await once(client, 'response');
  return { session, connection, client, exchange, ended: ended.promise };
}
