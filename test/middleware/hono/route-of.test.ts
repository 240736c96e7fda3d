import { createRequire } from 'node:module';
import { type Context, Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { currentScope } from '../../../src/index.ts';
import { honoCancellation } from '../../../src/middleware/hono/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';

guardLeaks();
guardUnhandled();

describe('V20: the name of the route', () => {
  const answer = (c: Context): Response => c.text(String(currentScope()?.name));

  test('of an application that was required, where the middleware was imported', async () => {
    const required = createRequire(import.meta.url)('hono') as typeof import('hono');
    const app = new required.Hono();
    app.use(honoCancellation());
    app.get('/orders/:id', answer);

    const response = await app.request('/orders/1');

    expect(required.Hono).not.toBe(Hono);
    expect(await response.text()).toBe('get:/orders/{id}');
  });

  test.each([
    ['of applications inside, with base paths', '/api/v1/orders/1', 'get:/api/v1/orders/{id}'],
    ['inside one with an error handler of its own', '/guarded/orders/1', 'get:/guarded/orders/{id}'],
    ['with middleware of the route’s own', '/checked/1', 'get:/checked/{id}'],
    ['for all methods', '/any/1', 'get:/any/{id}'],
    ['of a handler that takes `next`', '/cached/1', 'get:/cached/{id}'],
    ['behind middleware for one method', '/behind/1', 'get:/behind/{id}'],
    ['with a `*` of its own', '/files/a/b', 'get:/files/*'],
    ['that a later `*` also matches', '/orders/1', 'get:/orders/{id}'],
  ])('%s', async (_case, path, name) => {
    const app = new Hono();
    app.use(honoCancellation());
    app.use('/*', async (_c, next) => next());
    app.route('/api', new Hono().basePath('/v1').get('/orders/:id', answer));
    app.route('/guarded', new Hono().onError((_error, c) => c.text('x', 500)).get('/orders/:id', answer));
    app.get('/checked/:id', async (_c, next) => next(), answer);
    app.all('/any/:id', answer);
    app.get('/cached/:id', async (c, _next) => answer(c));
    app.get('/behind/*', async (_c, next) => next());
    app.get('/behind/:id', answer);
    app.get('/files/*', async (_c, next) => next());
    app.get('/files/*', answer);
    app.get('/orders/:id', answer);
    app.get('*', (c) => c.text('fallback', 404));

    const response = await app.request(path);

    expect(await response.text()).toBe(name);
  });

  test('is one for what only middleware matches', async () => {
    const app = new Hono().use(honoCancellation()).use('/static/*', async (c) => c.text(String(currentScope()?.name)));
    const app2 = new Hono()
      .use(honoCancellation())
      .use('/static/*', async (c, _next) => c.text(String(currentScope()?.name)));
    const app3 = new Hono().use(honoCancellation()).notFound((c) => c.text(String(currentScope()?.name), 404));

    const names = [];
    for (const each of [app, app2, app3]) names.push(await (await each.request('/static/1')).text());

    expect(names).toEqual(['get:/static/*', 'get:_unrouted', 'get:_unrouted']);
  });
});
