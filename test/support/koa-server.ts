import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { Router } from '@koa/router';
import Koa from 'koa';
import { koaCancellation, type KoaCancellationOptions } from '../../src/middleware/koa/index.ts';
import type { StartFramework } from './framework-contract.ts';
import type { StartedServer, StartServer } from './disconnect-table.ts';
import { serveInTest } from './serve-in-test.ts';

/** An application with the middleware first, and a router to be filled. Its errors are collected, not printed. */
export function koaApp(options: KoaCancellationOptions = {}): { app: Koa; router: Router; errors: unknown[] } {
  const app = new Koa();
  const router = new Router();
  const errors: unknown[] = [];
  app.on('error', (error: unknown) => errors.push(error));
  app.use(koaCancellation(options));
  app.use(router.routes());
  return { app, router, errors };
}

/** Serves an application on loopback until the test is over. */
export async function serveKoa(app: Koa, http: 1 | 2 = 1): Promise<StartedServer> {
  const listener = app.callback() as RequestListener;
  const server = http === 1 ? createServer(listener) : createHttp2Server(listener as never);
  return serveInTest(server);
}

/** For the disconnect table. */
export const startKoa: StartServer = async (handler, http) => {
  const { app, router } = koaApp();
  router.register('/orders/:id', ['GET', 'POST'], async (ctx: Koa.Context) => {
    ctx.respond = false;
    await handler({ request: ctx.req, response: ctx.res });
  });
  return serveKoa(app, http);
};

/** For the contract. What it reports as errors are its `error` events. */
export const startContract: StartFramework = async (options, handler) => {
  const { app, router, errors } = koaApp(options);
  router.get(['/orders/:id', '/other/:id'], async (ctx) => {
    ctx.body = await handler({ id: ctx.params['id'] ?? '', cancellation: ctx.cancellation });
  });
  return { port: (await serveKoa(app)).port, errors: () => errors };
};
