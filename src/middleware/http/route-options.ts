/**
 * Options by route: what middleware was given for all, and what is different for one.
 */
import { METHODS } from 'node:http';
import type { MiddlewareOptions, RequestOptions } from './request-options.ts';
import { routeName } from './route-name.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

const names = new Map<string, Map<string, string>>();
/** Templates come from a service's own code; should they not, no more than so many are kept. */
const NAMES_MAX = 10_000;

/** `routeName`, made once for a route: it costs as much as the rest of a small request's middleware. */
export function routeNameOf(method: string, template: string): string {
  const known = KNOWN_METHODS.has(method) ? method : '_other'; // HTTP/2 lets a client ask for anything
  let ofMethod = names.get(known);
  if (ofMethod === undefined) names.set(known, (ofMethod = new Map()));
  let name = ofMethod.get(template);
  if (name === undefined) {
    name = routeName(known, template);
    if (ofMethod.size < NAMES_MAX) ofMethod.set(template, name);
  }
  return name;
}

/** What to call requests that match no route: one name for each method (H3). */
export function unroutedName(method: string): string {
  return routeNameOf(method, '_unrouted');
}

/** What to call this request: what the option `route` says, else its route's own name. @throws what `route` throws. */
export function nameOf<Request>(options: MiddlewareOptions<Request>, request: Request, route: () => string): string {
  return options.route?.(request) ?? route();
}

/** The options of requests called `name`. @throws what `forRoute` throws. */
export function optionsOf<Request>(options: MiddlewareOptions<Request>, name: string): RequestOptions<Request> {
  const own = options.forRoute?.(name);
  return own === undefined ? options : { ...options, ...own };
}
