import type { AddressInfo } from 'node:net';
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { onTestFinished } from 'vitest';
import { fastifyCancellation, type FastifyCancellationOptions } from '../../src/middleware/fastify/index.ts';
import type { StartFramework } from './framework-contract.ts';
import type { StartServer } from './disconnect-table.ts';

/** An application with the plugin, closed when the test is over. */
export async function fastifyApp(
  options: FastifyCancellationOptions = {},
  server: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true, ...server });
  await app.register(fastifyCancellation, options);
  onTestFinished(async () => app.close());
  return app;
}

/** Its port on loopback. */
export async function listening(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return (app.server.address() as AddressInfo).port;
}

/** For the disconnect table. */
export const startFastify: StartServer = async (handler, http) => {
  const app = http === 2 ? (fastify({ http2: true }) as unknown as FastifyInstance) : fastify();
  await app.register(fastifyCancellation);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null)); // nobody reads before the handler
  app.route({
    method: ['GET', 'POST'],
    url: '/orders/:id',
    handler: async (request, reply) => {
      reply.hijack();
      await handler({ request: request.raw, response: reply.raw });
    },
  });
  return { port: await listening(app), close: async () => app.close() };
};

/** For the contract. What it reports as errors is what it logs above `info`. */
export const startContract: StartFramework = async (options, handler) => {
  const { logger, lines } = logLines();
  const app = await fastifyApp(options, { logger });
  for (const url of ['/orders/:id', '/other/:id']) {
    app.get<{ Params: { id: string } }>(url, async ({ params, cancellation }) => handler({ ...params, cancellation }));
  }
  return { port: await listening(app), errors: () => lines().flatMap(({ level, err }) => (level > 30 ? [err] : [])) };
};

/** A logger that keeps its lines. */
export function logLines(): {
  readonly logger: { readonly stream: { write(line: string): void } };
  readonly lines: () => readonly LogLine[];
} {
  const lines: LogLine[] = [];
  return { logger: { stream: { write: (line) => void lines.push(JSON.parse(line) as LogLine) } }, lines: () => lines };
}

interface LogLine {
  readonly level: number;
  readonly err?: unknown;
  readonly res?: unknown;
}
