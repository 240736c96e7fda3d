import { fastify } from 'fastify';
import { expectTypeOf, test } from 'vitest';
import type { ReadonlyToken, Scope } from '../../../src/index.ts';
import { fastifyCancellation } from '../../../src/middleware/fastify/index.ts';

test('requests have a cancellation, and routes options for it', () => {
  const app = fastify();
  app.get<{ Params: { id: string } }>('/orders/:id', { config: { cancellation: { timeoutMs: 5 } } }, (request) => {
    expectTypeOf(request.cancellation.scope).toEqualTypeOf<Scope | undefined>();
    expectTypeOf(request.cancellation.token).toEqualTypeOf<ReadonlyToken>();
    expectTypeOf(request.cancellation.signal).toEqualTypeOf<AbortSignal>();
    // @ts-expect-error: it is the plugin's to set
    request.cancellation = undefined as never;
  });
  // @ts-expect-error: a number of ms
  app.get('/x', { config: { cancellation: { timeoutMs: '5' } } }, () => 1);
});

test('the plugin goes with servers of HTTP/1.1 and HTTP/2, with or without options', () => {
  void fastify().register(fastifyCancellation);
  void fastify({ http2: true }).register(fastifyCancellation, {
    timeoutMs: 5,
    attributes: (request) => ({ ip: request.ip }),
  });
  // @ts-expect-error: no such policy
  void fastify().register(fastifyCancellation, { onDisconnect: 'never' });
});
