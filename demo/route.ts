/**
 * Routes: what a request is matched by, and what handles it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestScopeOptions, Scope } from './cancelscope.ts';

/** One request on its way through a route. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's own scope: cancelled when the client goes away, the budget is used up, or the service shuts down. */
  readonly scope: Scope;
  readonly params: Readonly<Record<string, string>>;
  /** A number from the query: the demo's visitors say how slow they want things to be. */
  number(name: string, otherwise: number): number;
  query(name: string): string | undefined;
}

/** A route. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A template such as `/reports/{id}`. It names the scope, and so becomes a metric label; a path never does. */
  readonly path: string;
  /** Budget, grace and the like of each request's scope. */
  readonly options?: Omit<RequestScopeOptions, 'route'>;
  /** Writes the answer. */
  readonly handle: (exchange: Exchange) => Promise<void>;
}

/** Answers 200 with `body` as JSON, unless the answer has been given. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

/** The values of a template's parameters; undefined when `pathname` is not of it. */
export function matchPath(template: string, pathname: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] as string;
    if (part.startsWith('{')) params[part.slice(1, -1)] = text;
    else if (part !== text) return undefined;
  }
  return params;
}
