import { Router } from '@koa/router';
import Koa from 'koa';
import { expectTypeOf, test } from 'vitest';
import { koaCancellation, type RequestCancellation } from '../../../src/middleware/koa/index.ts';

test('contexts have a cancellation', () => {
  const app = new Koa();
  app.use(koaCancellation({ attributes: (ctx) => ({ ip: ctx.ip }) }));
  app.use((ctx) => expectTypeOf(ctx.cancellation).toEqualTypeOf<RequestCancellation>());
  const router = new Router();
  router.use(koaCancellation());
  router.get('/orders/:id', koaCancellation(), (ctx) => {
    expectTypeOf(ctx.cancellation).toEqualTypeOf<RequestCancellation>();
  });
  app.use(router.routes());
});
