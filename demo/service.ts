/**
 * The service: an HTTP server whose every request runs in a scope of its own, and all of them in one for the service.
 *
 * V1. Cancelling the service's scope cancels every request and every job: that is all a shutdown has to do.
 * V2. A budget from a header is believed of trusted clients only, and can only shorten the route's own.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { SpanKind, trace } from '@opentelemetry/api';
import { answerError } from './answer.ts';
import { openScope, requestScope, type RequestScopeOptions, type Scope, systemClock } from './cancelscope.ts';
import { KEEP_ALIVE_MS, listen } from './listen.ts';
import { matchPath, type Route, sendJson } from './route.ts';

/** What the service is made of. */
export interface ServiceParts {
  readonly port: number;
  readonly host: string;
  /** Whoever sends this in `x-trusted` may send a budget (V2). */
  readonly trustedKey: string;
  /** Its routes; jobs among them take the service's scope as their parent. */
  readonly routes: (service: Scope) => readonly Route[];
  /** Listeners of other paths, such as `/metrics`: no scopes, and answered while shutting down too. */
  readonly pages: Readonly<Record<string, RequestListener>>;
  /** Told of errors nobody expected. */
  readonly failed: (error: unknown) => void;
}

/** A running service. */
export interface Service {
  readonly url: string;
  /** Requests taken so far. */
  readonly requests: number;
  /** Cancels all work (V1). */
  shutDown(message: string): void;
  /** Stops listening. */
  close(): void;
}

/** Starts the service. */
export async function startService(parts: ServiceParts): Promise<Service> {
  const scope = openScope('service');
  const routes = parts.routes(scope);
  const tracer = trace.getTracer('demo');
  let requests = 0;

  const run = async (route: Route, params: Record<string, string>, url: URL, ...http: Http): Promise<void> => {
    const [request, response] = http;
    const name = `${route.method} ${route.path}`;
    // The span an HTTP instrumentation would start: cancels then know in which trace they happened.
    await tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, async (span) => {
      const query = (key: string): string | undefined => url.searchParams.get(key) ?? undefined;
      const number = (key: string, otherwise: number): number => Number(query(key) ?? otherwise);
      const options: RequestScopeOptions = {
        route: `${route.method.toLowerCase()}:${route.path}`,
        parent: scope,
        ...route.options,
        ...budgetOf(request, parts.trustedKey),
      };
      try {
        await requestScope(request, response, options, (scope) =>
          route.handle({ request, response, scope, params, number, query }),
        );
      } catch (error) {
        if (!answerError(response, error)) parts.failed(error);
      } finally {
        span.end();
      }
    });
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://service');
    const page = parts.pages[url.pathname];
    if (page !== undefined) return page(request, response);
    for (const route of routes) {
      const params = route.method === request.method ? matchPath(route.path, url.pathname) : undefined;
      if (params === undefined) continue;
      requests++;
      if (scope.isCancelled) response.setHeader('Connection', 'close');
      return void run(route, params, url, request, response);
    }
    sendJson(response, { error: 'not found' }, 404);
  });
  const port = await listen(server, parts.port, parts.host);
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    shutDown: (message) => void scope.cancel('shutdown', message),
    close() {
      scope.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

type Http = [request: IncomingMessage, response: ServerResponse];

/** The deadline a trusted client sent as what is left of its budget (V2). The earlier of it and the route's own counts. */
function budgetOf({ headers }: IncomingMessage, trustedKey: string): { deadline?: number } {
  const budgetMs = Number(headers['x-budget-ms']);
  if (headers['x-trusted'] !== trustedKey || !(budgetMs > 0)) return {};
  return { deadline: systemClock.now() + budgetMs };
}
