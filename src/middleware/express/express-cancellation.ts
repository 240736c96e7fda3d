/**
 * The middleware.
 *
 * XR7. It may stand anywhere, and more than once: for an application, a router, a route. What stands further in
 *      overrides, and nothing is counted twice.
 */
import { IncomingMessage } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { checkMiddlewareOptions, type MiddlewareOptions } from '../http/index.ts';
import { ExpressRequest } from './express-request.ts';
import { noteOptions, type HandlerRunner, wrapHandlers } from './route-handlers.ts';
import type { Handle, RoutedRequest, Route } from './router-shapes.ts';

/** Options of {@link expressCancellation}. */
export type ExpressCancellationOptions = MiddlewareOptions<Request>;

/** A request's state. Known to all copies of this library. */
const STATE = Symbol.for('cancelscope.express.request');
const WATCHED = Symbol('cancelscope.express.watched');

type KnownRequest = RoutedRequest & {
  [STATE]?: ExpressRequest;
  cancellation?: unknown;
  readonly [WATCHED]?: true;
};

/**
 * Gives each request of Express 5 or 4 a scope, named by its route's template: `get:/api/orders/{id}`, mounts included.
 * The scope opens with the route's first handler and ends when its handlers have, and the answer is closed. Handlers reach
 * it by `currentScope()` and `request.cancellation`; middleware before the route has `request.cancellation.signal`.
 *
 * Use it first, before body parsers: a client that leaves in the middle of its upload then counts. Used for a router or a
 * route as well, what stands further in overrides. A cancel comes to error handlers as an error with `status` and
 * `headers`, which Express's own answers. A client that is gone is told nothing: `next` is not called, so clean up with
 * `try`/`finally`, or when the response closes, not in error handlers.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * app.use(expressCancellation({ timeoutMs: 5_000 }));
 * app.use(express.json());
 * app.get('/orders/:id', async (request, response) => {
 *   response.json(await loadOrder(request.params.id, { signal: request.cancellation.signal }));
 * });
 * app.get('/report', expressCancellation({ timeoutMs: 60_000, onDisconnect: 'detach' }), report);
 */
export function expressCancellation(options: ExpressCancellationOptions = {}): RequestHandler {
  checkMiddlewareOptions(options);
  const own = options as unknown as MiddlewareOptions<never>;
  const middleware = (request: Request, response: Response, next: NextFunction): void => {
    const known = request as unknown as KnownRequest;
    const state = known[STATE];
    if (state === undefined) begin(known, response, own);
    else state.override(own); // XR7
    next();
  };
  noteOptions(middleware as unknown as Handle, own);
  return middleware;
}

function begin(request: KnownRequest, response: Response, options: MiddlewareOptions<never>): void {
  if (request[WATCHED] !== true) watchRoutes(request);
  const own = Object.hasOwn(request, 'route') ? request.route : undefined; // of a route, the first time
  const state = new ExpressRequest(request, response, options);
  request[STATE] = state;
  request.cancellation = state;
  if (own === undefined) return;
  delete request.route;
  request.route = own;
}

/**
 * Watches requests for their routes, at the one object that all requests of this copy of Express inherit from: a property
 * of each request's own would cost more than all the rest. Requests without this middleware have `route` as ever.
 */
function watchRoutes(request: KnownRequest): void {
  const base = belowIncomingMessage(request) ?? request;
  Object.defineProperty(base, WATCHED, { value: true });
  Object.defineProperty(base, 'route', { get: getRoute, set: setRoute, configurable: true, enumerable: true });
}

/** Express's own prototype of requests; none of a request that is simulated in another way. */
function belowIncomingMessage(request: object): object | undefined {
  let below = request;
  for (let above = parentOf(below); above !== null; above = parentOf((below = above))) {
    if (above === IncomingMessage.prototype) return below === request ? undefined : below;
  }
  return undefined;
}

const parentOf = (object: object): object | null => Object.getPrototypeOf(object) as object | null;

/** Express sets a request's route right before it calls the route's handlers. */
function setRoute(this: KnownRequest, route: Route | undefined): void {
  const state = this[STATE];
  if (state === undefined) {
    Object.defineProperty(this, 'route', { value: route, writable: true, configurable: true, enumerable: true });
    return;
  }
  state.matched = route;
  if (Array.isArray(route?.stack)) wrapHandlers(route, runnerOf);
}

function getRoute(this: KnownRequest): Route | undefined {
  return this[STATE]?.matched;
}

function runnerOf(request: RoutedRequest): HandlerRunner | undefined {
  return (request as KnownRequest)[STATE];
}
