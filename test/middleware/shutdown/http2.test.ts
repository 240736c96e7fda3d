import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from 'node:http2';
import { connect as connectPlain, createServer as createPlainServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { listening, shutdownByHand, turns } from '../../support/shutdown.ts';

guardLeaks();

async function session(port: number): Promise<ClientHttp2Session> {
  const client = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => client.destroy());
  client.on('error', () => {});
  await once(client, 'remoteSettings');
  return client;
}

/** A way to the server on which its answers can be held up. */
async function holdableWay(to: number): Promise<{ port: number; hold(): void; held: Promise<void>; release(): void }> {
  const held = deferred();
  let waiting: (() => void)[] | undefined;
  const proxy = createPlainServer((near) => {
    const far = connectPlain(to, '127.0.0.1');
    near.pipe(far).on('error', () => {});
    near.on('error', () => {});
    far.on('data', (part: Buffer) => {
      if (waiting === undefined) return void near.write(part);
      waiting.push(() => near.write(part));
      held.resolve();
    });
    far.on('end', () => near.end());
  });
  return {
    port: await listening(proxy),
    hold: () => (waiting = []),
    held: held.promise,
    release: () => {
      const parts = waiting ?? [];
      waiting = undefined;
      for (const send of parts) send();
    },
  };
}

/** Asks, and resolves with status and body. */
async function ask(client: ClientHttp2Session, path = '/'): Promise<unknown> {
  const stream = client.request({ ':path': path });
  const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
  let body = '';
  for await (const part of stream.setEncoding('utf8')) body += String(part);
  return [headers[':status'], body];
}

test('SD5: over HTTP/2 announcing changes nothing, and a GOAWAY says when no more is taken in', async () => {
  const server = createServer((_request, response) => void response.end('hello'));
  const port = await listening(server);
  const { shutdown, clock } = shutdownByHand({ servers: [server], announceMs: 1_000 });
  const client = await session(port);
  let toldAt: unknown;
  client.on('goaway', (code, lastStream) => (toldAt = [shutdown.state, code, lastStream]));
  const ended = once(client, 'close');
  void shutdown.begin();
  expect(await ask(client)).toEqual([200, 'hello']);
  expect(await ask(client)).toEqual([200, 'hello']);
  expect([shutdown.state, toldAt]).toEqual(['announce', undefined]);

  await clock.advance(1_000);

  expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  await ended;
  expect(toldAt).toEqual([expect.stringMatching(/intake|drain|ended/), 0, 3]);
});

test('SD5: over HTTP/2 a request that crosses the GOAWAY is refused, so that the client knows it was not begun', async () => {
  const paths: string[] = [];
  const held = deferred<ServerHttp2Stream>();
  const server = createServer().on('stream', (stream, headers) => {
    paths.push(String(headers[':path']));
    held.resolve(stream);
  });
  const port = await listening(server);
  const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
  const way = await holdableWay(port);
  const client = await session(way.port);
  const first = ask(client, '/first');
  const stream = await held.promise;

  way.hold();
  void shutdown.begin();
  await way.held; // the GOAWAY is out, and the client does not know
  const crossing = client.request({ ':path': '/crossing' });
  const refused = once(crossing, 'error') as Promise<[Error]>;
  await turns();
  way.release();
  const [error] = await refused;
  stream.respond({ ':status': 200 });
  stream.end('done');

  expect(error.message).toMatch(/REFUSED_STREAM/);
  expect(await first).toEqual([200, 'done']);
  expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  expect(paths).toEqual(['/first']);
});

test('SD6: over HTTP/2 streams are waited for, and idle sessions end with the last one', async () => {
  const arrived = deferred<ServerHttp2Stream>();
  const server = createServer().on('stream', (stream) => arrived.resolve(stream));
  const port = await listening(server);
  const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
  const [busy, idle] = [await session(port), await session(port)];
  const answer = ask(busy);
  const stream = await arrived.promise;
  const ends = [once(busy, 'close'), once(idle, 'close')];
  void shutdown.begin();
  await turns();
  expect([shutdown.state, server.listening]).toEqual(['drain', false]);

  stream.respond({ ':status': 200 });
  stream.end('late');

  expect(await answer).toEqual([200, 'late']);
  expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  await Promise.all(ends);
});

test('over HTTP/2 what never ends is cut when it is forced', async () => {
  const arrived = deferred<ServerHttp2Stream>();
  const server = createServer().on('stream', (stream) => arrived.resolve(stream));
  const port = await listening(server);
  const { shutdown } = shutdownByHand({ servers: [server] });
  const client = await session(port);
  const stream = client.request({ ':path': '/' }).on('error', () => {});
  const closed = once(stream, 'close');
  await arrived.promise;

  expect(await shutdown.force()).toMatchObject({ forced: true, left: 0 });
  await closed;
});
