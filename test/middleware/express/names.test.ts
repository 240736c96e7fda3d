import type { Express, RequestHandler } from 'express';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currentScope } from '../../../src/index.ts';
import { expressCancellation } from '../../../src/middleware/express/index.ts';
import { EXPRESS_MAJORS, listenInTest } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';

guardLeaks();

const tell: RequestHandler = (_request, response) => void response.send(currentScope()?.name);

/** What the scope of a request for `path` is called. */
async function nameFor(app: Express, path: string, method = 'GET'): Promise<string> {
  const origin = await listenInTest(app);
  const response = await fetch(origin + path, { method });
  return response.text();
}

describe.each(EXPRESS_MAJORS)('Express $major', ({ major, express }) => {
  const withMiddleware = (build: (app: Express) => void): Express => {
    const app = express();
    app.use(expressCancellation());
    build(app);
    return app;
  };
  const routed = (path: string | RegExp | string[] = '/orders/:id'): ReturnType<typeof express.Router> => {
    const router = express.Router();
    router.all(path, tell);
    return router;
  };

  test.each<[string, (app: Express) => void, string, string]>([
    ['a route of the application', (app) => app.get('/orders/:id', tell), '/orders/42', 'get:/orders/{id}'],
    ['the root', (app) => app.get('/', tell), '/', 'get:/'],
    ['a mounted router', (app) => app.use('/api', routed()), '/api/orders/42', 'get:/api/orders/{id}'],
    ['a router mounted at the root', (app) => app.use(routed()), '/orders/42', 'get:/orders/{id}'],
    [
      'a mount with parameters',
      (app) => app.use('/tenants/:tenant', routed()),
      '/tenants/acme/orders/42',
      'get:/tenants/{tenant}/orders/{id}',
    ],
    [
      'values that look like the path around them, and ask to be decoded',
      (app) => app.use('/tenants/:tenant/in/:place', routed()),
      '/tenants/tenants/in/a%20b/orders/orders',
      'get:/tenants/{tenant}/in/{place}/orders/{id}',
    ],
    [
      'routers in routers',
      (app) => app.use('/v1', express.Router().use('/tenants/:tenant', express.Router().use('/x', routed()))),
      '/v1/tenants/acme/x/orders/42',
      'get:/v1/tenants/{tenant}/x/orders/{id}',
    ],
    [
      'a mounted application',
      (app) => app.use('/t/:tenant', express().use('/x', routed())),
      '/t/acme/x/orders/42',
      'get:/t/{tenant}/x/orders/{id}',
    ],
    [
      'applications in applications',
      (app) => app.use('/a/:a', express().use('/b/:b', express().get('/orders/:id', tell))),
      '/a/1/b/2/orders/42',
      'get:/a/{a}/b/{b}/orders/{id}',
    ],
    [
      'an application mounted on a router',
      (app) => app.use('/r', express.Router().use('/b/:b', express().get('/orders/:id', tell))),
      '/r/b/2/orders/42',
      'get:/r/b/{b}/orders/{id}',
    ],
    [
      'a router that another function calls: its mount cannot be told, and is not guessed (XR1)',
      (app) => {
        const router = routed();
        app.use('/secret/:token', (request, response, next) => void router(request, response, next));
      },
      '/secret/hunter2/orders/42',
      'get:/{mount}/orders/{id}',
    ],
    [
      'a mount that is an expression: what it matched may be anything (XR1)',
      (app) => app.use(/^\/v[0-9]+/, routed()),
      '/v12/orders/42',
      'get:/{mount}/orders/{id}',
    ],
    [
      'a mount that the client writes in another case: as it is meant (XR1)',
      (app) => app.use('/tenants/:tenant', routed()),
      '/TenantS/A/orders/42',
      'get:/tenants/{tenant}/orders/{id}',
    ],
    ['a list of paths', (app) => app.get(['/orders/:id', '/o/:id'], tell), '/o/42', 'get:/orders/{id}|/o/{id}'],
    [
      'a router under a list of mounts',
      (app) => app.use(['/a/:x', '/b/:y'], routed()),
      '/b/7/orders/42',
      'get:/b/{y}/orders/{id}',
    ],
  ])('H3: names %s by its template', async (_what, build, path, name) => {
    const app = withMiddleware(build);

    expect(await nameFor(app, path)).toBe(name);
  });

  test('H3: HEAD is a method of its own', async () => {
    const recorded = record();
    const origin = await listenInTest(withMiddleware((app) => app.get('/orders/:id', tell)));

    await fetch(`${origin}/orders/1`, { method: 'HEAD' });

    expect(recorded.of('scopeOpened')).toMatchObject([{ name: 'head:/orders/{id}' }]);
  });

  test('H3: a router that is mounted twice is named by where it was found, and remembers it by mount', async () => {
    const router = routed();
    const origin = await listenInTest(withMiddleware((app) => app.use('/a', router).use('/b/:b', router)));

    const names: string[] = [];
    for (const path of ['/a/orders/1', '/b/2/orders/1', '/a/orders/2', '/b/3/orders/3']) {
      names.push(await (await fetch(origin + path)).text());
    }

    expect(names).toEqual([
      'get:/a/orders/{id}',
      'get:/b/{b}/orders/{id}',
      'get:/a/orders/{id}',
      'get:/b/{b}/orders/{id}',
    ]);
  });

  test('H3, XR1: whatever clients send, there are no more names than routes', async () => {
    const origin = await listenInTest(withMiddleware((app) => app.use('/tenants/:tenant', routed())));
    const seed = Date.now() % 1_000_000;
    console.log(`seed ${seed}`);
    const names = new Set<string>();

    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), async (tenant, id) => {
        fc.pre(!['.', '..'].includes(tenant) && !['.', '..'].includes(id));
        const response = await fetch(
          `${origin}/tenants/${encodeURIComponent(tenant)}/orders/${encodeURIComponent(id)}`,
        );
        if (response.ok) names.add(await response.text());
      }),
      { seed, numRuns: 60 },
    );

    expect([...names]).toEqual(['get:/tenants/{tenant}/orders/{id}']);
  });

  test('XR4: a route that hands on to another hands over: the name is that of the last one, none open at once', async () => {
    const recorded = record();
    const outer: unknown[] = [];
    const app = withMiddleware((app) => {
      app.all(major === 5 ? '/*splat' : '/*', (_request, _response, next) => {
        outer.push(currentScope()?.name);
        setImmediate(next);
      });
      app.get('/orders/:id', async (_request, response) => {
        await new Promise((resolve) => setImmediate(resolve));
        outer.push(currentScope()?.parent?.name, recorded.of('scopeSettled').length);
        response.send(currentScope()?.name);
      });
    });

    expect(await nameFor(app, '/orders/42')).toBe('get:/orders/{id}');
    expect(outer).toEqual([major === 5 ? 'get:/{splat}' : 'get:/*', undefined, 1]);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  });

  test('the option `route` names instead, and forRoute is asked by that name', async () => {
    const asked: string[] = [];
    const app = express();
    const forRoute = (name: string): undefined => void asked.push(name);
    app.use(expressCancellation({ route: (request) => (request.path === '/x' ? 'search' : undefined), forRoute }));
    app.get('/:any', tell);
    const origin = await listenInTest(app);

    expect(await (await fetch(`${origin}/x`)).text()).toBe('search');
    expect(await (await fetch(`${origin}/y`)).text()).toBe('get:/{any}');
    expect(asked).toEqual(['search', 'get:/{any}']);
  });

  test('XR2: a route keeps its handlers’ order and arguments, for requests with and without the middleware', async () => {
    const app = express();
    const seen: string[] = [];
    const wanted = (query: unknown): boolean => query === '1';
    const middleware = expressCancellation();
    app.use((request, response, next) => (wanted(request.query['on']) ? middleware(request, response, next) : next()));
    app.get(
      '/x',
      (_request: unknown, _response: unknown, next: (error: unknown) => void) => {
        seen.push(`first in ${currentScope()?.name}`);
        next(new Error('handled'));
      },
      () => seen.push('skipped'),
      (error: Error, _request: unknown, response: { send(text: string): void }, _next: unknown) => {
        seen.push(error.message);
        response.send(String(currentScope()?.name));
      },
    );
    const origin = await listenInTest(app);

    for (const on of ['1', '0', '1']) await fetch(`${origin}/x?on=${on}`);

    const withScope = ['first in get:/x', 'handled'];
    expect(seen).toEqual([...withScope, 'first in undefined', 'handled', ...withScope]);
  });
});
