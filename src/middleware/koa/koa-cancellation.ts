/**
 * The Koa middleware: it runs the rest of a request in a scope.
 *
 * V14. Koa sends the body after all middleware has returned, so the scope lasts until the response is closed (Q1). A
 *      stream as body is cut off by the cancel (Q4), and Koa destroys it then.
 */
import type { Context, Middleware } from 'koa';
import {
  cancellationIn,
  cancelledBefore,
  checkMiddlewareOptions,
  endWithAnswer,
  isRequestCancelled,
  type MiddlewareOptions,
  nameOf,
  nodeView,
  optionsOf,
  RequestWork,
  runRest,
} from '../http/index.ts';
import { routeOf } from './route-of.ts';
import { sayNothingToNobody } from './say-nothing.ts';

/** Options of {@link koaCancellation}. */
export type KoaCancellationOptions = MiddlewareOptions<Context>;

/**
 * Middleware that gives each request a scope, named by its route's template: `get:/orders/{id}`. It ends when the rest of
 * the middleware has, and the response is closed. What runs in it reaches it by `currentScope()` and `ctx.cancellation`.
 *
 * Put it first: `app.use(koaCancellation())`. It asks the @koa/router routers of the application which route a request
 * will take; it can also be `router.use`d. What matches no route, or is routed by something else, is `get:_unrouted`
 * unless the option `route` knows better. Used again on the same request it does nothing.
 *
 * A cancel leaves it as an error with `status` and `headers`, which Koa's own answers. Nothing is answered and no `error`
 * event comes where the client is gone.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * app.use(koaCancellation({ timeoutMs: 5_000, forRoute: (route) => (route === 'get:/report' ? { timeoutMs: 60_000 } : {}) }));
 * router.get('/orders/:id', async (ctx) => {
 *   ctx.body = await loadOrder(ctx.params.id, ctx.cancellation.signal);
 * });
 */
export function koaCancellation(options: KoaCancellationOptions = {}): Middleware {
  checkMiddlewareOptions(options);
  return async (context, next) => {
    const ctx = context as Context;
    const begun = ctx as { [BEGUN]?: true };
    if (begun[BEGUN] === true) return next();
    begun[BEGUN] = true;
    const name = nameOf(options, ctx, () => routeOf(ctx));
    const work = new RequestWork(name, nodeView(ctx, ctx.req, ctx.res), optionsOf(options, name));
    sayNothingToNobody(ctx, work);
    if (work.scope !== undefined) {
      ctx.cancellation = cancellationIn(work.scope);
      endWithAnswer(work, ctx.res); // V14
    }
    try {
      return await runRest(work, next);
    } catch (error) {
      if (work.scope === undefined && isRequestCancelled(error)) ctx.cancellation = cancelledBefore(name, error.cause);
      throw error;
    }
  };
}

/** Marks a request that has a scope: it has one, however often the middleware is used. */
const BEGUN = Symbol('cancelscope.begun');
