import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { cancelScope } from '../../../src/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { idleClient, rawClient, REQUEST, serving, shutdownByHand, turns } from '../../support/shutdown.ts';

guardLeaks();

const HELLO = 'hello';

describe('a server on its way down', () => {
  test('SD6, H7: does not cut a request that has come in on an idle connection and was not read yet', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const clients = await Promise.all(Array.from({ length: 20 }, () => idleClient(port)));

    for (const { socket } of clients) socket.write(REQUEST); // written at once: loopback has it before the next line
    void shutdown.begin();

    expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual(clients.map(() => undefined));
    for (const client of clients) expect(client.text().match(/hello/g)).toHaveLength(2);
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  });

  test('SD6, H7: nor one that comes in as the last work ends', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const work = deferred();
    const job = cancelScope('job', { parent: shutdown.scope }, () => work.promise);
    const client = await idleClient(port);
    void shutdown.begin();
    await turns();
    expect(shutdown.state).toBe('drain');

    client.socket.write(REQUEST);
    work.resolve();

    expect(await client.ended).toBe(undefined);
    expect(client.text().match(/hello/g)).toHaveLength(2);
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    await job;
  });

  test('SD6: nor a connection that waits to be accepted when intake stops', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const connecting = Promise.all(Array.from({ length: 20 }, () => rawClient(port, REQUEST)));
    await new Promise((resolve) => process.nextTick(resolve)); // the system has them, the server does not

    void shutdown.begin();

    const clients = await connecting;
    expect(await Promise.all(clients.map(({ ended }) => ended))).toEqual(clients.map(() => undefined));
    for (const client of clients) expect(client.text()).toMatch(/connection: close\r\n[^]*hello$/i);
    await shutdown.ended;
  });

  test('SD6, H7: waits for a request of which a part has come in', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const client = await idleClient(port);
    client.socket.write(REQUEST.slice(0, 20));
    await turns();
    void shutdown.begin();
    await turns();

    client.socket.write(REQUEST.slice(20));

    expect(await client.ended).toBe(undefined);
    expect(client.text().match(/hello/g)).toHaveLength(2);
    expect(await shutdown.ended).toMatchObject({ forced: false });
  });

  test('SD6: keeps idle connections as long as anything is open, answers on them, and closes them then', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0 });
    const work = deferred();
    const job = cancelScope('job', { parent: shutdown.scope }, () => work.promise);
    const [asking, silent] = [await idleClient(port), await idleClient(port)];
    void shutdown.begin();
    await turns();

    asking.socket.write(REQUEST);
    expect(await asking.ended).toBe(undefined);
    expect(asking.text()).toMatch(/connection: close\r\n[^]*hello$/i);
    expect(silent.socket.closed).toBe(false);
    work.resolve();

    expect(await silent.ended).toBe(undefined);
    expect(await shutdown.ended).toMatchObject({ forced: false });
    await job;
  });

  test('SD6: a connection left by an answer that began before the announcement is closed after it', async () => {
    const arrived = deferred<ServerResponse>();
    const { server, port } = await serving((_request, response) => {
      response.write('part');
      arrived.resolve(response);
    });
    const { shutdown, clock } = shutdownByHand({ servers: [server], announceMs: 0, drainMs: 10 });
    const client = await rawClient(port);
    client.socket.write(REQUEST);
    const response = await arrived.promise;
    await client.received(/part/);
    void shutdown.begin();
    await turns();
    await clock.advance(10);
    await turns();
    expect(shutdown.state).toBe('cancel');

    response.end();

    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    expect(await client.ended).toBe(undefined);
  });

  test('SD7: a connection that never sent a byte does not hold it up', async () => {
    const { server, port } = await serving((_request, response) => void response.end(HELLO));
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0, drainMs: Infinity });
    const silent = await rawClient(port);
    if (await connections(server, 1)) void shutdown.begin();

    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    expect(await silent.ended).toBe(undefined);
  });
});

/** Resolves when the server has accepted so many. */
async function connections(
  server: { getConnections(then: (error: Error | null, count: number) => void): unknown },
  wanted: number,
): Promise<true> {
  for (;;) {
    const count = await new Promise((resolve) => server.getConnections((_error, found) => resolve(found)));
    if (count === wanted) return true;
  }
}
