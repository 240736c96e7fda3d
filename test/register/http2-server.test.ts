import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, connect as connectSocket, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHttp2Server } from '../../src/register/http2-server.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();
startHttp2Server();

type Api = 'core' | 'compatibility';
type Handler = (stream: ServerHttp2Stream, answer: Answer) => void;

/** What either API can do with its answer. */
interface Answer {
  begin(): void;
  end(): void;
  destroy(): void;
}

interface Exchange {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  readonly client: ClientHttp2Stream;
  /** Resolves when the server's stream has closed. */
  readonly closed: Promise<void>;
}

async function exchange(api: Api, method: string, part: boolean, handler: Handler): Promise<Exchange> {
  const called = deferred();
  const closed = deferred();
  const server = createServer();
  const handle = (stream: ServerHttp2Stream, answer: Answer): void => {
    stream.on('error', () => {});
    stream.on('close', () => closed.resolve());
    stream.resume();
    handler(stream, answer);
    called.resolve();
  };
  server.on('sessionError', () => {});
  if (api === 'core') {
    server.on('stream', (stream) => {
      const begin = (): void => stream.respond({ ':status': 200 });
      handle(stream, {
        begin: () => {
          begin();
          stream.write('first part');
        },
        end: () => {
          begin();
          stream.end('done');
        },
        destroy: () => stream.destroy(),
      });
    });
  } else {
    server.on('request', (request, response) => {
      request.on('error', () => {});
      handle(response.stream, {
        begin: () => void response.write('first part'),
        end: () => void response.end('done'),
        destroy: () => void response.destroy(),
      });
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  const session = connect(`http://127.0.0.1:${port}`, { createConnection: () => socket });
  session.on('error', () => {});
  const client = session.request({ ':path': '/orders/42', ':method': method }, { endStream: method === 'GET' });
  client.on('error', () => {});
  client.resume();
  if (method === 'POST') client.write('hi');
  if (method === 'POST' && !part) client.end();
  session.on('close', () => void server.close());
  await called.promise;
  return { session, socket, client, closed: closed.promise };
}

const CASES = (['core', 'compatibility'] as const).flatMap((api) => [
  { api, method: 'GET', part: false, at: 'before_headers' },
  { api, method: 'GET', part: false, at: 'streaming' },
  { api, method: 'POST', part: false, at: 'before_headers' },
  { api, method: 'POST', part: false, at: 'streaming' },
  { api, method: 'POST', part: true, at: 'before_headers' },
]);

/** Whether this Node has the channels; one that has none observes HTTP/1.1 only. */
async function hasChannels(): Promise<boolean> {
  let published = false;
  const hear = (): void => void (published = true);
  subscribe('http2.server.stream.close', hear);
  const { client, session, closed } = await exchange('core', 'GET', false, (_stream, answer) => answer.end());
  await Promise.all([closed, once(client, 'close')]);
  unsubscribe('http2.server.stream.close', hear);
  session.destroy();
  return published;
}

const here = await hasChannels();

/** What a pipeline from another service destroys an answer with. */
const upstream = (): Error => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });

describe.skipIf(!here).each(CASES)('HTTP/2, $api API, $method, $at, in the middle of its upload: $part', (row) => {
  const { api, method, part, at } = row;
  const handler: Handler = (_stream, answer) => {
    if (at === 'streaming') answer.begin();
  };

  test.each(['cancels its stream', 'ends its session', 'resets its connection', 'ends its connection'])(
    'Z22: the client %s: a disconnect, once',
    async (how) => {
      const recorded = record();
      const { client, session, socket, closed } = await exchange(api, method, part, handler);
      onTestFinished(() => session.destroy());

      if (how === 'cancels its stream') client.close(8);
      else if (how === 'ends its session') session.destroy();
      else if (how === 'ends its connection') socket.destroy();
      else {
        // While nothing is under way to it: a reset that overtakes its own request is an end.
        await new Promise((resolve) => session.ping(resolve));
        socket.resetAndDestroy();
      }
      await closed;

      expect(recorded.of('clientDisconnected')).toEqual([{ method, phase: at }]);
      expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual([`http:${method.toLowerCase()}`]);
      expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { reason: 'disconnect' } }]);
    },
  );

  test.each(
    part
      ? ['destroys its answer', 'destroys its session', 'passes on an error of another connection']
      : ['ends its answer', 'destroys its answer', 'destroys its session', 'passes on an error of another connection'],
  )('Z22: the server %s: no disconnect', async (how) => {
    const recorded = record();
    const { session, closed } = await exchange(api, method, part, (stream, answer) => {
      if (how === 'ends its answer') answer.end();
      else if (how === 'destroys its answer') answer.destroy();
      else if (how === 'passes on an error of another connection') stream.destroy(upstream());
      else stream.session?.destroy();
    });
    onTestFinished(() => session.destroy());
    await closed;

    expect(recorded.of('clientDisconnected')).toEqual([]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });
});
