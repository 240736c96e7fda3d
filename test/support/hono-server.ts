import { Readable } from 'node:stream';
import { createServer as createHttp2Server } from 'node:http2';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { cancelledResponse, honoCancellation, type HonoCancellationOptions } from '../../src/middleware/hono/index.ts';
import type { StartFramework } from './framework-contract.ts';
import type { StartedServer, StartServer } from './disconnect-table.ts';
import { serveInTest } from './serve-in-test.ts';

/** Hono on Node. */
export type NodeHono = Hono<{ Bindings: HttpBindings }>;

/** An application with the middleware first, which logs nothing of a cancel. */
export function honoApp(options: HonoCancellationOptions = {}): NodeHono {
  const app: NodeHono = new Hono();
  app.onError((error, c) => cancelledResponse(error, c) ?? c.text(error.message, 500));
  app.use(honoCancellation(options));
  return app;
}

/** Serves an application on loopback until the test is over. */
export async function serveHono(app: NodeHono, http: 1 | 2 = 1): Promise<StartedServer> {
  const server = createAdaptorServer({ fetch: app.fetch, ...(http === 2 && { createServer: createHttp2Server }) });
  return serveInTest(server);
}

/** For the disconnect table. */
export const startHono: StartServer = async (handler, http) => {
  const app = honoApp();
  app.on(['GET', 'POST'], '/orders/:id', async (c) => {
    await handler({ request: c.env.incoming, response: c.env.outgoing });
    return RESPONSE_ALREADY_SENT;
  });
  return serveHono(app, http);
};

/** For the contract. What it reports as errors is what its error handler is given and does not know. */
export const startContract: StartFramework = async (options, handler) => {
  const errors: unknown[] = [];
  const app = honoApp(options);
  app.onError((error, c) => {
    const answer = cancelledResponse(error, c);
    if (answer === undefined) errors.push(error);
    return answer ?? c.text('failed', 500);
  });
  const answer = async (c: Context): Promise<Response> => {
    const body = await handler({ id: c.req.param('id') ?? '', cancellation: c.var.cancellation });
    return c.body(typeof body === 'string' ? body : (Readable.toWeb(body) as ReadableStream));
  };
  app.get('/orders/:id', answer);
  app.get('/other/:id', answer);
  return { port: (await serveHono(app)).port, errors: () => errors };
};
