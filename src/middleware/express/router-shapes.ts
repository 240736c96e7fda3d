/**
 * What this middleware reads of Express's router: the same in 4 and 5, but for what is optional here.
 */
import type { IncomingMessage } from 'node:http';

/** A function in a chain: of requests with three arguments, of errors with four. */
export type Handle = (this: unknown, ...args: readonly unknown[]) => unknown;

/** One path and what is called for it. */
export interface Layer {
  handle: Handle;
  readonly name: string;
  /** Lower case; of a route's layers, and undefined for all methods. */
  readonly method?: string | undefined;
  /** Of a layer that leads to a route. */
  readonly route?: Route | undefined;
  /** Express 4: what its path was made into, and its parameters in order. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
  /** Express 4's way to call a handler, which knows nothing of promises. */
  readonly handle_request?: unknown;
  /** Express 5: the match, or in older ones true, with the match left on the layer. */
  readonly match: (path: string) => boolean | Match;
  readonly params?: Match['params'];
  readonly path?: string;
  /** Express 5: one for each of its paths. */
  readonly matchers?: readonly { readonly name: string }[];
}

/** What a layer matched. */
export interface Match {
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What was asked for; newer ones only. */
  readonly pattern?: unknown;
}

/** A route: one path, and its chain. */
export interface Route {
  readonly path: unknown;
  readonly stack: readonly Layer[];
}

/** A router or an application: both are functions that a layer may have as its handle. */
export interface Router {
  readonly stack: readonly Layer[];
}

/** An application, as far as it says where it is mounted. */
export interface Application {
  readonly parent?: Application | undefined;
  /** Express 5. */
  readonly router?: Router;
  /** Express 4, whose `router` throws. */
  readonly _router?: Router | undefined;
}

/** A request in Express's hands. */
export type RoutedRequest = IncomingMessage & {
  readonly app?: Application;
  readonly baseUrl?: string;
  route?: Route | undefined;
};
