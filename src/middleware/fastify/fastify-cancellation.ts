/**
 * The Fastify plugin: it gives each request a scope, makes it the ambient one, and watches the route's handler in it.
 *
 * V10. The scope is there before the body is parsed, so a client that leaves in the middle of its upload counts (H1).
 * V11. All of a request's hooks and its handler run in it. Fastify keeps the async context while it reads a body; the
 *      handler has it even behind a hook that went on in another context.
 */
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { checkMiddlewareOptions, checkRequestOptions, type MiddlewareOptions } from '../http/index.ts';
import { FastifyWork } from './fastify-work.ts';

/** Options of {@link fastifyCancellation}. */
export type FastifyCancellationOptions = MiddlewareOptions<FastifyRequest>;

/**
 * Gives each request of the routes after it a scope, named by its route's template: `get:/orders/{id}`. It ends when the
 * handler has, and the reply is closed. Handlers and hooks reach it by `currentScope()` and `request.cancellation`.
 *
 * Register it before the routes, and wait for that: a route added before is cancelled too, but nobody waits for its
 * handler. A route's `config.cancellation` overrides the options. A cancel comes to error handlers as an error with
 * `statusCode` and `headers`, which Fastify's own answers. Twice on one instance is an error of Fastify's.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it. (`register` rejects.)
 *
 * @example
 * await app.register(fastifyCancellation, { timeoutMs: 5_000 });
 * app.get('/orders/:id', async (request) => loadOrder(request.params.id, request.cancellation.signal));
 * app.get('/report', { config: { cancellation: { timeoutMs: 60_000 } } }, async () => report(currentScope()));
 */
export const fastifyCancellation: FastifyPluginCallback<FastifyCancellationOptions> = Object.assign(
  (app: FastifyInstance, options: FastifyCancellationOptions, done: (error?: Error) => void): void => {
    try {
      checkMiddlewareOptions(options);
      install(app, options);
      done();
    } catch (error) {
      done(error as Error);
    }
  },
  {
    [Symbol.for('skip-override')]: true, // without it, the plugin's hooks would see the plugin's own routes only
    [Symbol.for('fastify.display-name')]: 'cancelscope',
    [Symbol.for('plugin-meta')]: { name: 'cancelscope', fastify: '5.x' },
  },
);

function install(app: FastifyInstance, options: FastifyCancellationOptions): void {
  const warnOfMissed = missedRoutes(app);
  app.decorateRequest('cancellation', null as never);
  app.decorateRequest(WORK, null);

  app.addHook('onRoute', (route) => {
    const own = route.config?.cancellation;
    if (own !== undefined) checkRequestOptions(own);
    route.handler = watched(route.handler);
  });

  app.addHook('onRequest', (request, reply, done) => {
    let work: FastifyWork;
    try {
      const route = request.routeOptions; // once: Fastify makes it anew for each who asks
      work = new FastifyWork(request, reply, route, options); // V10
      warnOfMissed(request, route);
    } catch (error) {
      done(error as Error);
      return;
    }
    (request as Watched)[WORK] = work;
    work.begin(done); // V11
  });

  app.addHook('onError', (request, _reply, error, done) => {
    (request as Watched)[WORK]?.explain(error);
    done();
  });
}

type Handler = RouteOptions['handler'];

/** Where a request has its work: a WeakMap with an entry for every request is dear to collect. */
const WORK = Symbol('cancelscope.work');
type Watched = FastifyRequest & { [WORK]?: FastifyWork | null };

/** The route's handler, run as the work of its request. */
function watched(handler: Handler): Handler {
  return function (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply): unknown {
    const work = (request as Watched)[WORK];
    if (work == null) return handler.call(this, request, reply);
    return work.handle(() => handler.call(this, request, reply));
  };
}

/** Warns, once, of a route that was added before the plugin was there: nobody waits for its handler. */
function missedRoutes(app: FastifyInstance): (request: FastifyRequest, route: FastifyRequest['routeOptions']) => void {
  const seen = new Set<string>();
  const known = new WeakSet<object>(); // routes that were looked up: to put a name together costs each request more
  let warned = false;
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) seen.add(`${each} ${url}`);
  });
  return ({ method }, { url, config }) => {
    if (warned || url === undefined || known.has(config)) return;
    known.add(config);
    if (seen.has(`${method} ${url}`)) return;
    warned = true;
    process.emitWarning(
      `Route "${method} ${url}" was added before fastifyCancellation, so nobody waits for its handler. ` +
        'Write `await app.register(fastifyCancellation)` before the routes.',
      { type: 'CancelScopeWarning', code: 'CANCELSCOPE_ROUTE_MISSED' },
    );
  };
}
