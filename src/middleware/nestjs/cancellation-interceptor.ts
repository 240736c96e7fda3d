/**
 * The interceptor.
 *
 * NJ4. A request has one scope by its route's name. Under other middleware of this library, which has opened that, or
 *      under another interceptor, the handler's own is called `OrdersController.find`, and is no second watch of the client.
 */
import { Disposer } from '../../token/index.ts';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import {
  cancellationIn,
  checkMiddlewareOptions,
  endWithAnswer,
  type MiddlewareOptions,
  nameOf,
  nodeView,
  type NodeRequest,
  type NodeResponse,
  optionsOf,
  type RequestView,
  RequestWork,
  routeNameOf,
} from '../http/index.ts';
import { decoratedOptions, type NestRequest } from './decorators.ts';
import { asException } from './exception.ts';
import { onObservable } from './handler-result.ts';
import { requestObservable } from './request-observable.ts';

/** What Express's and Fastify's requests say of their routes. */
interface PlatformRequest extends NestRequest {
  readonly raw?: NodeRequest;
  readonly route?: { readonly path?: unknown };
  readonly routeOptions?: { readonly url?: string | undefined };
}

interface PlatformResponse {
  readonly raw?: NodeResponse;
  header(name: string, value: string): unknown;
}

/** Options of {@link CancellationInterceptor}. Functions among them are given the platform's request. */
export type CancellationInterceptorOptions = MiddlewareOptions<unknown>;

const NO_WATCH: RequestView<unknown>['watch'] = () => new Disposer(() => {});

/**
 * Gives each request of Nest 12 or 11, on Express or Fastify, a scope named by its route's template:
 * `get:/orders/{id}`. Pipes, handlers and services run in it; an Observable is unsubscribed from on a cancel, an `@Sse()`
 * stream too. A cancel comes to exception filters as an HttpException with the status of H6 and the CancelledError as its
 * `cause`; none is logged by Nest. Global, for a controller or for a handler; `@Cancellation()` overrides by handler.
 *
 * It sees a request when guards have let it pass and its body is parsed. For a client that leaves in the middle of an
 * upload, use `expressCancellation` or `fastifyCancellation` on the platform as well: nothing is counted twice.
 *
 * @example
 * const app = await NestFactory.create(AppModule);
 * app.useGlobalInterceptors(new CancellationInterceptor({ timeoutMs: 5_000 }));
 */
export class CancellationInterceptor implements NestInterceptor {
  readonly #options: CancellationInterceptorOptions;

  /** @throws {InvalidArgumentError} an option cannot be what it is; the message names it. */
  constructor(options: CancellationInterceptorOptions = {}) {
    checkMiddlewareOptions(options);
    this.#options = options;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const response = http.getResponse<PlatformResponse>();
    const raw = response.raw ?? (response as unknown as NodeResponse);
    const work = this.#workOf(context, request, raw);
    if (work.scope !== undefined) {
      endWithAnswer(work, raw);
      request.cancellation = cancellationIn(work.scope);
    }
    const handler = context.getHandler() as (...args: never[]) => unknown;
    return requestObservable(work, {
      handle: () => next.handle(),
      onObservable: (scope, told) => onObservable(handler, scope, told),
      asException: (error) => asException(error, response),
    });
  }

  #workOf(context: ExecutionContext, request: PlatformRequest, response: NodeResponse): RequestWork {
    const raw = request.raw ?? (request as unknown as NodeRequest);
    const inner = (): string => `${context.getClass().name}.${context.getHandler().name}`;
    const isInner = request.cancellation !== undefined; // NJ4
    const name = isInner ? inner() : nameOf(this.#options, request, () => ownName(raw.method ?? 'GET', request, inner));
    const decorated = decoratedOptions(context);
    const all = optionsOf(this.#options, name);
    const options = decorated === undefined ? all : { ...all, ...decorated };
    const view = nodeView(request as unknown, raw, response, ...(isInner ? [NO_WATCH] : []));
    return new RequestWork(name, view, options);
  }
}

/** A route without a template that is text is called by its handler. */
function ownName(method: string, { route, routeOptions }: PlatformRequest, inner: () => string): string {
  const template = route?.path ?? routeOptions?.url;
  return typeof template === 'string' ? routeNameOf(method, template) : inner();
}
