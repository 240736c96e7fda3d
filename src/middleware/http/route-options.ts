/**
 * Options by route: what middleware was given for all, and what is different for one.
 */
import { METHODS } from 'node:http';
import type { MiddlewareOptions, RequestOptions } from './request-options.ts';
import { routeName } from './route-name.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** What to call requests that match no route: a fixed name per method, for a client may ask for anything (H3). */
export function unroutedName(method: string): string {
  return routeName(KNOWN_METHODS.has(method) ? method : '_other', '_unrouted');
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
