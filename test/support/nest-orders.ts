import { All, Req, Res } from '@nestjs/common';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { CancellationInterceptor } from '../../src/middleware/nestjs/index.ts';
import type { RawExchange, StartServer } from './disconnect-table.ts';
import { controller, type NEST_PLATFORMS, nestApp } from './nest-server.ts';

type Raw<T> = T & { readonly raw?: T; hijack?(): void };

/** Starts servers for the disconnect table on a platform of Nest. */
export function startNestOrders(platform: (typeof NEST_PLATFORMS)[number]): StartServer {
  return async (handle, http) => {
    const orders = controller('orders', {
      find: {
        decorators: [All(':id')],
        params: [Req(), Res()],
        handle: (request: Raw<RawExchange['request']>, response: Raw<RawExchange['response']>) => {
          response.hijack?.();
          return handle({ request: request.raw ?? request, response: response.raw ?? response });
        },
      },
    });
    const { app, port } = await nestApp(platform, orders, {
      http,
      interceptors: [new CancellationInterceptor()],
      setUp(nest) {
        if (platform !== 'fastify') return;
        const fastify = (nest.getHttpAdapter() as unknown as FastifyAdapter).getInstance();
        fastify.removeAllContentTypeParsers(); // the handler reads the body itself
        fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
      },
    });
    return { port, close: async () => app.close() };
  };
}
