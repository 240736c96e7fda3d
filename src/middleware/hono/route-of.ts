/**
 * Which route a request of Hono takes (H3).
 *
 * V20. Routes match in the order they were added, middleware among them; which one answers is known too late. So it is
 *      the first after the middleware that has a method of its own or takes no `next`, and matches no `*`; else the first
 *      that takes no `next`; else the last. Mere middleware never counts.
 */
import type { Context } from 'hono';
import type { RouterRoute } from 'hono/types';
import { matchedRoutes } from 'hono/route';
import { routeNameOf, unroutedName } from '../http/index.ts';

/** The name of the request's scope. */
export function routeOf(c: Context): string {
  const after = routesOf(c).slice(c.req.routeIndex + 1);
  const handlers = after.filter((route) => route.method !== 'ALL' || takesNoNext(route)); // V20
  const route = handlers.find(({ path }) => !path.endsWith('*')) ?? handlers.find(takesNoNext) ?? handlers.at(-1);
  return route === undefined ? unroutedName(c.req.method) : routeNameOf(c.req.method, route.path);
}

/**
 * All routes that match. Hono's own function knows requests of its own copy alone, and a service may have two: one that was
 * required, one that was imported. What it replaces is a property of each request, as long as there is one.
 */
function routesOf(c: Context): readonly RouterRoute[] {
  const { matchedRoutes: known } = c.req as { readonly matchedRoutes?: readonly RouterRoute[] };
  return known ?? matchedRoutes(c);
}

function takesNoNext({ handler }: RouterRoute): boolean {
  return handlerIn(handler).length < 2;
}

type Wrapped = ((...args: never[]) => unknown) & { readonly __COMPOSED_HANDLER?: Wrapped };

/** The handler itself: an application with an error handler of its own has it wrapped. */
function handlerIn(handler: Wrapped): Wrapped {
  const { __COMPOSED_HANDLER: inner } = handler;
  return inner === undefined ? handler : handlerIn(inner);
}
