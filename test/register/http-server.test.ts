import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHttpServer } from '../../src/register/http-server.ts';
import { currentScope } from '../../src/index.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();
startHttpServer();

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What both sides hold. */
interface Exchange {
  readonly client: Socket;
  /** Resolves when the server's side of the connection has closed. */
  readonly closed: Promise<void>;
}

/** Serves `handler` and sends it `bytes`; resolves when the handler has been called. */
async function exchange(bytes: string, handler: Handler): Promise<Exchange> {
  const called = deferred();
  const closed = deferred();
  const server = createServer((request, response) => {
    request.on('error', () => {});
    request.socket.once('close', () => closed.resolve());
    handler(request, response);
    called.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1', () => client.write(bytes));
  client.on('error', () => {});
  client.resume();
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  await called.promise;
  return { client, closed: closed.promise };
}

const HEAD = 'Host: x\r\n';
const CLOSE = `${HEAD}Connection: close\r\n`;
const WHOLE = {
  GET: `GET /orders/42?secret=1 HTTP/1.1\r\n${HEAD}\r\n`,
  POST: `POST /orders HTTP/1.1\r\n${HEAD}Content-Length: 2\r\n\r\nhi`,
};
const PART = `POST /orders HTTP/1.1\r\n${HEAD}Content-Length: 10\r\n\r\nhi`;

const hang: Handler = (request) => void request.resume();
const stream: Handler = (request, response) => {
  request.resume();
  response.write('first part');
};
const parser: Handler = (request, response) => {
  request.resume();
  request.on('aborted', () => response.writeHead(400).end());
};

const LEAVING = [
  ['GET, before headers', WHOLE.GET, hang, { method: 'GET', phase: 'before_headers' }],
  ['GET, mid-body', WHOLE.GET, stream, { method: 'GET', phase: 'streaming' }],
  ['POST, before headers', WHOLE.POST, hang, { method: 'POST', phase: 'before_headers' }],
  ['POST, mid-body', WHOLE.POST, stream, { method: 'POST', phase: 'streaming' }],
  ['POST, mid-upload, read', PART, hang, { method: 'POST', phase: 'before_headers' }],
  ['POST, mid-upload, nobody reads', PART, () => {}, { method: 'POST', phase: 'before_headers' }],
  ['POST, mid-upload, a parser answers 400 to nobody', PART, parser, { method: 'POST', phase: 'before_headers' }],
] as const;

describe.each(['ends', 'resets'] as const)('H1: the client %s its connection', (how) => {
  test.each(LEAVING)('%s: a disconnect, once', async (_case, bytes, handler, told) => {
    const recorded = record();
    const { client, closed } = await exchange(bytes, handler);

    if (how === 'ends') client.destroy();
    else client.resetAndDestroy();
    await closed;

    expect(recorded.of('clientDisconnected')).toEqual([told]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { reason: 'disconnect' } }]);
  });
});

/** What a pipeline from another service destroys an answer with. */
const upstream = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });

const OWN: [string, Handler][] = [
  ['destroys its answer', (_request, response) => void response.destroy()],
  ['destroys its answer with an error', (_request, response) => void response.destroy(new Error('mine'))],
  [
    'destroys its answer with an error of another connection',
    (_request, response) => void response.destroy(upstream()),
  ],
  ['destroys the request', (request) => void request.destroy()],
  ['destroys the connection', (request) => void request.socket.destroy()],
  ['ends its answer', (_request, response) => void response.end('done')],
];

describe.each(Object.entries(WHOLE))('H1: %s, no disconnect', (_method, bytes) => {
  test.each(OWN)('when the server %s', async (_case, handler) => {
    const recorded = record();
    const { client, closed } = await exchange(bytes.replace(HEAD, CLOSE), handler);

    await closed;
    client.destroy();

    expect(recorded.of('clientDisconnected')).toEqual([]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined }]);
  });
});

test('H1: an answer that was ended and not yet sent is complete, though its client leaves', async () => {
  const recorded = record();
  const { client, closed } = await exchange(WHOLE.GET, (_request, response) => {
    response.end('x'.repeat(32_000_000));
  });
  client.pause();

  client.resetAndDestroy();
  await closed;

  expect(recorded.of('clientDisconnected')).toEqual([]);
  expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
});

test('H1: answers that were not read by a client that left are complete; those of pipelined requests are not', async () => {
  const recorded = record();
  let calls = 0;
  const all = deferred();
  const { client, closed } = await exchange(WHOLE.GET + WHOLE.GET + WHOLE.GET, (_request, response) => {
    if (++calls === 1) response.end('done');
    if (calls === 3) all.resolve();
  });
  await all.promise;

  client.resetAndDestroy();
  await closed;

  expect(recorded.of('clientDisconnected')).toHaveLength(2);
  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed', 'cancelled', 'cancelled']);
});

test('H3: the scope is called by its method, a standard one, and never by its path', async () => {
  const recorded = record();
  const purge = WHOLE.GET.replace('GET', 'PURGE');
  for (const bytes of [WHOLE.GET, purge]) {
    const { closed } = await exchange(bytes.replace(HEAD, CLOSE), (_request, response) => void response.end());
    await closed;
  }

  expect(new Set(recorded.of('scopeOpened').map(({ name }) => name))).toEqual(new Set(['http:get', 'http:other']));
  expect(JSON.stringify(recorded.events.map(({ event }) => String(event)))).not.toContain('secret');
});

test('Z6, Z20: a handler is in no scope', async () => {
  const scopes: unknown[] = [];
  const { closed } = await exchange(WHOLE.GET.replace(HEAD, CLOSE), (_request, response) => {
    scopes.push(currentScope());
    response.end();
  });
  await closed;

  expect(scopes).toEqual([undefined]);
});

test('Z21: nothing is put on a request or an answer, and one listener on a connection, however many requests', async () => {
  const found: unknown[][] = [];
  const second = deferred();
  const { client, closed } = await exchange(WHOLE.GET + WHOLE.GET, (request, response) => {
    const events = ['aborted', 'close', 'end', 'error', 'finish'];
    const own = ['destroy', 'end', 'write', 'writeHead', 'emit'].filter((key) => Object.hasOwn(response, key));
    const ofNode = new Set(['bound socketOnClose', 'onServerResponseClose']);
    const onSocket = request.socket.listeners('close').filter(({ name }) => !ofNode.has(name));
    found.push([
      events.map((event) => response.listenerCount(event)),
      events.map((event) => request.listenerCount(event)),
      own,
      onSocket.length - (found.length + 1), // one a request is this test's
    ]);
    response.end();
    if (found.length === 2) second.resolve();
  });
  await second.promise;
  client.destroy();
  await closed;

  expect(found[0]).toEqual([[0, 0, 0, 0, 1], [0, 0, 0, 1, 0], [], 1]); // Node's own, and this test's
  expect(found[1]).toEqual(found[0]);
});
