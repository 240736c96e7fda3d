import { Router } from '@koa/router';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { currentScope, isCancelled, type Scope } from '../../../src/index.ts';
import { koaCancellation } from '../../../src/middleware/koa/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { disconnectClient } from '../../support/disconnect-client.ts';
import { outcomes, scopesEnded } from '../../support/framework-contract.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { ask } from '../../support/http-answer.ts';
import { koaApp, serveKoa } from '../../support/koa-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const untilCancelled = async (): Promise<never> => (currentScope() as Scope).race(new Promise<never>(() => {}));

/** Names of the scopes that requests to `paths` open, one after the other. */
async function namesFor(app: Koa, paths: readonly string[]): Promise<unknown[]> {
  const recorded = record();
  const over = scopesEnded(paths.length);
  const { port } = await serveKoa(app);
  for (const path of paths) await ask(port, path);
  await over;
  return recorded.of('scopeOpened').map(({ name }) => name);
}

const answer = async (ctx: Koa.Context): Promise<void> => void (ctx.body = currentScope()?.name);

describe('V15: the name of the route', () => {
  test('is known before the router runs: prefixes, nested routers, several routers', async () => {
    const app = new Koa().use(koaCancellation());
    const inner = new Router().get('/items/:item', answer);
    const outer = new Router({ prefix: '/orders/:id' }).use('/parts', inner.routes());
    const other = new Router().get('/health', answer);
    app.use(outer.routes()).use(other.routes());

    expect(await namesFor(app, ['/orders/1/parts/items/2', '/health', '/nowhere'])).toEqual([
      'get:/orders/{id}/parts/items/{item}',
      'get:/health',
      'get:_unrouted',
    ]);
  });

  test('is known on a router that uses it, and on a single route', async () => {
    const app = new Koa();
    const router = new Router({ prefix: '/api' });
    router.use(koaCancellation());
    router.get('/orders/:id', answer);
    const other = new Router().get('/alone/:id', koaCancellation(), answer);
    app.use(router.routes()).use(other.routes());

    expect(await namesFor(app, ['/api/orders/1', '/alone/1'])).toEqual(['get:/api/orders/{id}', 'get:/alone/{id}']);
  });

  test('is that of the route that answers: the first that matches, or what an exclusive router chooses', async () => {
    const routes = (router: Router): Router =>
      router
        .get('/orders/special', (ctx) => answer(ctx as Koa.Context))
        .get('/orders/:id', (ctx) => answer(ctx as Koa.Context));
    const first = new Koa();
    first.use(koaCancellation()).use(routes(new Router()).routes());
    const exclusive = new Koa();
    exclusive.use(koaCancellation()).use(routes(new Router({ exclusive: true })).routes());

    expect(await namesFor(first, ['/orders/special'])).toEqual(['get:/orders/special']);
    expect(await namesFor(exclusive, ['/orders/special'])).toEqual(['get:/orders/{id}']);
  });

  test('is not that of a router for another host, or another method', async () => {
    const app = new Koa().use(koaCancellation());
    app.use(new Router({ host: 'other.example' }).get('/x/:id', answer).routes());
    app.use(new Router().post('/y/:id', answer).routes());

    expect(await namesFor(app, ['/x/1', '/y/1'])).toEqual(['get:_unrouted', 'get:_unrouted']);
  });
});

test('used twice on a request, it opens one scope and counts one disconnect', async () => {
  const recorded = record();
  const over = scopesEnded(1);
  const app = new Koa().use(koaCancellation()).use(koaCancellation({ timeoutMs: 0 }));
  const entered = deferred();
  app.use(async () => {
    entered.resolve();
    await untilCancelled();
  });
  const { port } = await serveKoa(app);
  const client = disconnectClient(1, port, 'GET', '/x');
  client.finish();
  await entered.promise;

  client.leave();
  await over;

  expect(recorded.of('scopeOpened')).toHaveLength(1);
  expect(recorded.of('clientDisconnected')).toHaveLength(1);
});

describe('V16: where the client is gone', () => {
  test.each(['stops', 'answers all the same', 'has a bug'])('and the handler %s', async (then) => {
    const recorded = record();
    const over = scopesEnded(1);
    const { app, router, errors } = koaApp();
    const [entered, cancelled] = [deferred(), deferred()];
    const bug = new Error('bug');
    router.get('/x', async (ctx) => {
      ctx.cancellation.token.onCancel(() => cancelled.resolve());
      entered.resolve();
      if (then === 'stops') await untilCancelled();
      await cancelled.promise;
      if (then === 'has a bug') throw bug;
      ctx.body = 'too late';
    });
    const { port } = await serveKoa(app);
    const client = disconnectClient(1, port, 'GET', '/x');
    client.finish();
    await entered.promise;

    client.leave();
    await over;
    await loopTurn();

    expect(errors).toEqual(then === 'has a bug' ? [bug] : []);
    expect(outcomes(recorded)).toEqual([then === 'stops' ? 'cancelled' : then === 'has a bug' ? 'failed' : 'ignored']);
  });

  test('a budget that runs out is an error, and says whose', async () => {
    const over = scopesEnded(1);
    const clock = virtualClock();
    const { app, router, errors } = koaApp({ clock, timeoutMs: 10 });
    const entered = deferred();
    router.get('/x', async () => {
      entered.resolve();
      await untilCancelled();
    });
    const { port } = await serveKoa(app);
    const answered = ask(port, '/x');
    await entered.promise;

    await clock.advance(10);
    const { status, body } = await answered;
    await over;

    expect([status, body]).toEqual([504, 'Gateway Timeout']);
    expect(errors).toHaveLength(1);
    expect(isCancelled(errors[0], 'timeout')).toBe(true);
  });
});

describe('V14: bodies that stream on', () => {
  test.each(['web stream', 'response'])('a %s hears of the client through the scope', async (kind) => {
    const recorded = record();
    const over = scopesEnded(1);
    const { app, router, errors } = koaApp();
    const heard = deferred<unknown>();
    const stream = (signal: AbortSignal): ReadableStream =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('first part'));
          signal.addEventListener('abort', () => {
            heard.resolve(signal.reason);
            controller.error(signal.reason);
          });
        },
      });
    router.get('/x', (ctx) => {
      const body = stream(ctx.cancellation.signal);
      ctx.body = kind === 'response' ? new Response(body) : body;
    });
    const { port } = await serveKoa(app);
    const client = disconnectClient(1, port, 'GET', '/x');
    client.finish();
    await client.firstPart;

    client.leave();
    await over;
    await loopTurn();

    expect(isCancelled(await heard.promise, 'disconnect')).toBe(true);
    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(errors).toEqual([]);
  });
});

test('middleware around it hears of a request that is given up', async () => {
  const clock = virtualClock();
  const seen: unknown[] = [];
  const [entered, goOn] = [deferred(), deferred()];
  const app = new Koa();
  app.silent = true;
  app.use(async (_ctx, next) => {
    try {
      await next();
    } catch (error) {
      seen.push((error as { status?: number }).status, isCancelled(error, 'timeout'));
      throw error;
    }
  });
  app.use(koaCancellation({ clock, timeoutMs: 10, graceMs: 20 }));
  app.use(async () => {
    entered.resolve();
    await goOn.promise;
  });
  const over = scopesEnded(1);
  const { port } = await serveKoa(app);
  const answered = ask(port, '/x');
  await entered.promise;

  await clock.advance(30);
  await answered;
  await over;
  goOn.resolve();
  await loopTurn();

  expect(seen).toEqual([504, true]);
});

test('refuses options that cannot be', () => {
  expect(() => koaCancellation({ route: 'x' as never })).toThrow(
    expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'route' }),
  );
});
