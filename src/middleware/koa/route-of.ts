/**
 * Which route a request of Koa takes (H3).
 *
 * V15. Known before the router runs: its own `match` is asked, on the router that is running or else on those that the
 *      application uses. Of the routes that match, it is the one the router would call.
 */
import type { Context } from 'koa';
import { routeNameOf, unroutedName } from '../http/index.ts';

/** What is asked of a router of @koa/router. */
interface Router {
  match(path: string, method: string): { readonly pathAndMethod: readonly Layer[] };
  matchHost?(host: string): boolean;
  readonly exclusive?: boolean;
}

interface Layer {
  readonly path: string | RegExp;
  readonly methods: readonly string[];
}

/** The name of the request's scope. */
export function routeOf(ctx: Context): string {
  const { router, routerPath, newRouterPath } = ctx as {
    router?: unknown;
    routerPath?: string;
    newRouterPath?: string;
  };
  const path = newRouterPath ?? (isRouter(router) ? ctx.path : (routerPath ?? ctx.path));
  for (const each of isRouter(router) ? [router] : routersOf(ctx)) {
    if (each.matchHost?.(ctx.host) === false) continue;
    const layers = each.match(path, ctx.method).pathAndMethod.filter(({ methods }) => methods.length > 0);
    const layer = each.exclusive === true ? layers.at(-1) : layers[0]; // V15
    if (layer !== undefined) return routeNameOf(ctx.method, String(layer.path));
  }
  return unroutedName(ctx.method);
}

function routersOf(ctx: Context): Router[] {
  return ctx.app.middleware
    .map((middleware) => (middleware as unknown as { router?: unknown }).router)
    .filter((router) => isRouter(router));
}

function isRouter(router: unknown): router is Router {
  return typeof (router as Partial<Router> | undefined)?.match === 'function';
}
