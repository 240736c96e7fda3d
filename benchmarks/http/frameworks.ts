/**
 * One route of a service, in each framework: `GET /orders/:id`, a handler that is async and has nothing to wait for.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { entry } from '../library.ts';

/** Serves it on a free port. */
type Serve = (withMiddleware: boolean) => Promise<number>;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function nodeHttp(withMiddleware: boolean): Promise<number> {
  const { requestScope } = await entry<typeof import('../../src/middleware/node/index.ts')>('node');
  return listening(
    createServer((request, response) => {
      const work = async (): Promise<void> => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id: (request.url ?? '').slice('/orders/'.length) }));
      };
      void (withMiddleware ? requestScope(request, response, { route: 'get:/orders/{id}' }, work) : work());
    }),
  );
}

export const FRAMEWORKS = {
  'node:http': nodeHttp,
} satisfies Readonly<Record<string, Serve>>;

export type Framework = keyof typeof FRAMEWORKS;
