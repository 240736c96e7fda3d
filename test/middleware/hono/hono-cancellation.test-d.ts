import { Hono } from 'hono';
import { expectTypeOf, test } from 'vitest';
import { honoCancellation, type RequestCancellation } from '../../../src/middleware/hono/index.ts';

test('contexts have a cancellation', () => {
  const app = new Hono<{ Variables: { user: string } }>();
  app.use(honoCancellation({ attributes: (c) => ({ path: c.req.path }) }));
  app.get('/orders/:id', (c) => {
    expectTypeOf(c.var.cancellation).toEqualTypeOf<RequestCancellation>();
    expectTypeOf(c.get('cancellation')).toEqualTypeOf<RequestCancellation>();
    expectTypeOf(c.get('user')).toEqualTypeOf<string>();
    return c.text('x');
  });
});
