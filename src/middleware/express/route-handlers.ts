/**
 * A route's handlers, made to run in their request's scope.
 *
 * XR2. A handler is wrapped once, however many requests and middlewares there are. It keeps its number of arguments:
 *      Express tells error handlers by it.
 */
import type { MiddlewareOptions } from '../http/index.ts';
import type { Handle, Layer, RoutedRequest, Route } from './router-shapes.ts';

/** What Express goes on with. */
export type Next = (error?: unknown) => void;

/** A call of a handler, as the request's state makes it. */
export interface HandlerCall {
  readonly route: Route;
  /** Calls it, with a `next` to go on with. */
  readonly call: (next: Next) => unknown;
  readonly next: Next;
  readonly isErrorHandler: boolean;
  /** Whether nobody looks at what it returns (Express 4). */
  readonly isUnwatched: boolean;
}

/** What runs the handlers of one request. */
export interface HandlerRunner {
  run(call: HandlerCall): unknown;
}

const wrappedLayers = new WeakSet<Layer>();
/** How many layers a route had when it was last looked at. */
const seenLayers = new WeakMap<Route, number>();
/** Routes that have a middleware of ours among their handlers. */
const withOptions = new WeakSet<Route>();
const optionsByHandle = new WeakMap<Handle, MiddlewareOptions<never>>();

/** Remembers which options a middleware of ours was made with. */
export function noteOptions(handle: Handle, options: MiddlewareOptions<never>): void {
  optionsByHandle.set(handle, options);
}

/** The options of our middlewares among a route's own, in order, for a method. */
export function optionsOnRoute(route: Route, method: string): MiddlewareOptions<never> | undefined {
  if (!withOptions.has(route)) return undefined;
  let all: MiddlewareOptions<never> | undefined;
  for (const layer of route.stack) {
    const own = optionsByHandle.get(layer.handle);
    const isFor = layer.method === undefined || layer.method === method.toLowerCase();
    if (own !== undefined && isFor) all = { ...all, ...own };
  }
  return all;
}

/** Wraps the handlers of a route that are not yet (XR2). */
export function wrapHandlers(route: Route, runnerOf: (request: RoutedRequest) => HandlerRunner | undefined): void {
  const { stack } = route;
  if (seenLayers.get(route) === stack.length) return;
  seenLayers.set(route, stack.length);
  for (const layer of stack) {
    if (wrappedLayers.has(layer)) continue;
    wrappedLayers.add(layer);
    const options = optionsByHandle.get(layer.handle);
    layer.handle =
      layer.handle.length > 3 ? errorHandle(route, layer, runnerOf) : requestHandle(route, layer, runnerOf);
    if (options === undefined) continue;
    noteOptions(layer.handle, options);
    withOptions.add(route);
  }
}

type RunnerOf = (request: RoutedRequest) => HandlerRunner | undefined;

function requestHandle(route: Route, layer: Layer, runnerOf: RunnerOf): Handle {
  const { handle } = layer;
  const isUnwatched = layer.handle_request !== undefined;
  return ((request: RoutedRequest, response: unknown, next: Next): unknown => {
    const runner = runnerOf(request);
    if (runner === undefined) return handle(request, response, next);
    const call = (proceed: Next): unknown => handle(request, response, proceed);
    return runner.run({ route, call, next, isErrorHandler: false, isUnwatched });
  }) as Handle;
}

function errorHandle(route: Route, layer: Layer, runnerOf: RunnerOf): Handle {
  const { handle } = layer;
  const isUnwatched = layer.handle_request !== undefined;
  return ((error: unknown, request: RoutedRequest, response: unknown, next: Next): unknown => {
    const runner = runnerOf(request);
    if (runner === undefined) return handle(error, request, response, next);
    const call = (proceed: Next): unknown => handle(error, request, response, proceed);
    return runner.run({ route, call, next, isErrorHandler: true, isUnwatched });
  }) as Handle;
}
