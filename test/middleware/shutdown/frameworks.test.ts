import { getRequestListener } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createServer, type Server } from 'node:http';
import { expect, test } from 'vitest';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { idleClient, listening, rawClient, REQUEST, shutdownByHand, turns } from '../../support/shutdown.ts';

guardLeaks();

/** The server of an app that answers with what `answer` gives. */
type MakeServer = (answer: () => Promise<string>) => Promise<Server> | Server;

const FRAMEWORKS: Record<string, MakeServer> = {
  Express: (answer) =>
    createServer(express().get('/', async (_request, response) => void response.send(await answer()))),
  Fastify: async (answer) => {
    const app = fastify();
    app.get('/', answer);
    await app.ready();
    return app.server;
  },
  Koa: (answer) => {
    const handle = new Koa().use(async (ctx) => void (ctx.body = await answer())).callback();
    return createServer((request, response) => void handle(request, response));
  },
  Hono: (answer) => {
    const app = new Hono().get('/', async (ctx) => ctx.text(await answer()));
    return createServer(getRequestListener(app.fetch) as never);
  },
};

test.each(Object.entries(FRAMEWORKS))('a server of %s is wound down as any other', async (_name, make) => {
  const slow = deferred<string>();
  const entered = deferred();
  let asked = 0;
  const server = await make(() => {
    if (++asked < 3) return Promise.resolve('hello');
    entered.resolve();
    return slow.promise;
  });
  const port = await listening(server);
  const { shutdown, clock } = shutdownByHand({ servers: [server], announceMs: 100 });
  const [idle, silent] = [await idleClient(port), await idleClient(port)];
  const busy = await rawClient(port);
  busy.socket.write(REQUEST);
  await entered.promise;
  void shutdown.begin();
  await clock.advance(100);
  await turns();
  expect([shutdown.state, server.listening]).toEqual(['drain', false]);

  idle.socket.write(REQUEST);
  await turns();
  slow.resolve('slow');

  expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  for (const client of [busy, idle, silent]) expect(await client.ended).toBe(undefined);
  for (const client of [busy, idle]) expect(client.text()).toMatch(/connection: close\r\n[^]*slow/i);
});
