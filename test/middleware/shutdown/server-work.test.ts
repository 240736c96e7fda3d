import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { cancelScope } from '../../../src/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';
import {
  idleClient,
  listening,
  rawClient,
  REQUEST,
  serving,
  shutdownByHand,
  shutdownInTest,
  turns,
} from '../../support/shutdown.ts';

guardLeaks();

const HELLO = 'hello';

describe('a server on its way down', () => {
  test('SD5: while announcing answers as before, and says of each connection that it was the last', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown, clock } = shutdownByHand({ servers: [server], announceMs: 1_000 });
    const idle = await idleClient(port);
    void shutdown.begin();

    idle.socket.write(REQUEST);
    const fresh = await rawClient(port);
    fresh.socket.write(REQUEST);

    expect([await idle.ended, await fresh.ended]).toEqual([undefined, undefined]);
    for (const client of [idle, fresh]) expect(client.text()).toMatch(/connection: close\r\n[^]*hello$/i);
    expect([shutdown.state, server.listening]).toEqual(['announce', true]);
    await clock.advance(1_000);
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  });

  test('SD5: an answer under way when it is announced is the last on its connection too', async () => {
    const arrived = deferred<ServerResponse>();
    const { server, port } = await serving((_request, response) => arrived.resolve(response));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const client = await rawClient(port);
    client.socket.write(REQUEST);
    const response = await arrived.promise;
    void shutdown.begin();
    await turns();
    expect([shutdown.state, server.listening]).toEqual(['drain', false]);

    response.end(HELLO);

    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    expect([await client.ended, client.text()]).toEqual([undefined, expect.stringMatching(/connection: close/i)]);
  });

  test('cuts what is left when it is forced, upgraded connections too', async () => {
    const recorded = record();
    const { server, port } = await serving(() => {}); // never answers
    server.on('upgrade', (_request, socket) => socket.write('up'));
    const { shutdown, clock } = shutdownByHand({ servers: [server], announceMs: 0, drainMs: 10, graceMs: 10 });
    const stuck = await rawClient(port);
    stuck.socket.write(REQUEST);
    const upgraded = await rawClient(port);
    upgraded.socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: raw\r\n\r\n');
    await upgraded.received(/up/);
    void shutdown.begin();
    for (const state of ['drain', 'cancel']) {
      await turns();
      expect([shutdown.state, stuck.socket.closed, upgraded.socket.closed]).toEqual([state, false, false]);
      await clock.advance(10);
    }

    expect(await shutdown.ended).toMatchObject({ forced: true, left: 0 });
    await Promise.all([stuck.ended, upgraded.ended]);
    const counts = recorded.of('shutdownPhaseEnded').map((event) => [event.phase, event.requests, event.requestsLeft]);
    expect(counts).toEqual([
      ['announce', 1, 1],
      ['intake', 1, 1],
      ['drain', 1, 1],
      ['cancel', 1, 1],
      ['force', 1, 0],
    ]);
  });

  test('SD4: that fails to close is reported, and cut in the end', async () => {
    const recorded = record();
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const client = await idleClient(port);
    server.closeIdleConnections = () => {
      throw new Error('patched');
    };

    expect(await shutdown.begin()).toMatchObject({ forced: true, left: 0 });

    expect(recorded.of('listenerFailed').map(({ error }) => (error as Error).message)).toEqual(['patched', 'patched']);
    await client.ended;
    delete (server as { closeIdleConnections?: unknown }).closeIdleConnections;
  });

  test('of plain connections is waited for until they end', async () => {
    const server = createServer((socket) => socket.end('bye').resume());
    const port = await listening(server);
    const shutdown = shutdownInTest({ servers: [server], announceMs: 0 });
    const client = await rawClient(port);
    await client.received(/bye/);

    const over = shutdown.begin();
    client.socket.end();

    expect(await over).toMatchObject({ forced: false, left: 0 });
  });

  test('leaves nothing on it and goes on as before when it is forgotten', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ announceMs: 0 });
    const before = server.eventNames().map((name) => [name, server.listenerCount(name)]);

    const added = shutdown.add(server);
    expect(server.eventNames().map((name) => [name, server.listenerCount(name)])).not.toEqual(before);
    added[Symbol.dispose]();
    await shutdown.begin();

    expect(server.eventNames().map((name) => [name, server.listenerCount(name)])).toEqual(before);
    expect(server.listening).toBe(true);
    const client = await idleClient(port);
    expect(client.text()).toMatch(/connection: keep-alive/i);
  });

  test('that stopped listening before is no reason to wait', async () => {
    const { server } = await serving(() => {});
    server.close();
    await once(server, 'close');
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });

    expect(await shutdown.begin()).toMatchObject({ forced: false, left: 0 });
  });

  test('added while the drain goes on takes no more connections', async () => {
    const { shutdown } = shutdownByHand({ announceMs: 0 });
    const work = deferred();
    const job = cancelScope('job', { parent: shutdown.scope }, () => work.promise);
    void shutdown.begin();
    await turns();
    const { server } = await serving(() => {});

    shutdown.add(server);

    expect(server.listening).toBe(false);
    work.resolve();
    await Promise.all([job, shutdown.ended]);
  });
});
