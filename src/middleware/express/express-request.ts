/**
 * One request of Express.
 *
 * XR4. Its scope opens with the first handler of its route, named by the route's template with its mounts. A route that
 *      hands on to another one hands over: there is one open scope, the latest route's.
 * XR5. What handlers throw, or tell `next`, because the client is gone goes no further: nobody is there to answer, and
 *      nothing to log. Another cancel is told `next`, once, as an error to be answered (H6).
 * XR6. A request that was given up is answered then. What its handlers still do changes nothing, and throws nothing.
 */
import type { ServerResponse } from 'node:http';
import { currentScope, processState, type ReadonlyToken, type Scope } from '../../token/index.ts';
import {
  endWithAnswer,
  isPromiseLike,
  isRequestCancelled,
  type MiddlewareOptions,
  nameOf,
  nodeView,
  optionsOf,
  type RequestCancellation,
  RequestWork,
  routeNameOf,
} from '../http/index.ts';
import { EarlyClient } from './early-client.ts';
import { acceptLateWords } from './late-answer.ts';
import { mountTemplate } from './mount-template.ts';
import { type HandlerCall, type Next, optionsOnRoute } from './route-handlers.ts';
import type { Application, RoutedRequest, Route } from './router-shapes.ts';

/** A request's state; what its handlers see of it is {@link RequestCancellation}. */
export class ExpressRequest implements RequestCancellation {
  /** The route as Express has set it; handlers of it may not have begun. */
  matched: Route | undefined;
  readonly #request: RoutedRequest;
  readonly #response: ServerResponse;
  readonly #home: Application | undefined;
  readonly #around: Scope | undefined = currentScope();
  readonly #client: EarlyClient;
  #options: MiddlewareOptions<never>;
  #route: Route | undefined;
  #work: RequestWork | undefined;
  #next: Next | undefined;
  #givenUp: RequestWork | undefined;

  constructor(request: RoutedRequest, response: ServerResponse, options: MiddlewareOptions<never>) {
    this.#request = request;
    this.#response = response;
    this.#home = request.app;
    this.#options = options;
    this.#client = new EarlyClient(request, response, options);
    response.once('close', () => this.#client.end());
  }

  get scope(): Scope | undefined {
    return this.#work?.scope;
  }

  get token(): ReadonlyToken {
    return this.#client.tokenFor(this.scope);
  }

  get signal(): AbortSignal {
    return this.token.signal;
  }

  /** Options of a middleware further in, for routes to come. */
  override(options: MiddlewareOptions<never>): void {
    if (this.#work === undefined) this.#options = { ...this.#options, ...options };
  }

  /** Runs a handler of a route in the request's scope. */
  run({ route, call, next, isErrorHandler, isUnwatched }: HandlerCall): unknown {
    const work = this.#workOf(route);
    this.#next = next;
    if (work === undefined) return isErrorHandler ? call(next) : undefined; // nobody is there
    if (work.scope === undefined) {
      if (isErrorHandler) return call(next);
      work.onGivenUp(next); // it says why it was cancelled before it began
      return undefined;
    }
    let result: unknown;
    try {
      result = work.run(() => call((error) => this.#goOn(work, next, error)));
    } catch (error) {
      if (!this.#isMoot(work, error)) throw error;
    } finally {
      if (this.#response.closed) work.close(this.#response.writableEnded); // before this handler: nothing will tell
    }
    return isPromiseLike(result) ? this.#settled(work, result, isUnwatched ? next : undefined) : result;
  }

  /** The work of a route; undefined when the client was gone before it, and that cancels. */
  #workOf(route: Route): RequestWork | undefined {
    if (this.#route === route) return this.#work;
    const request = this.#request;
    const method = request.method ?? 'GET';
    const own = optionsOnRoute(route, method);
    const all = own === undefined ? this.#options : { ...this.#options, ...own };
    const name = nameOf(all as MiddlewareOptions<unknown>, request, () =>
      routeNameOf(method, mountTemplate(request, route, this.#home) + templateOf(route)),
    );
    const options = optionsOf(all, name);
    const before = this.#work;
    this.#route = route;
    before?.close(true); // XR4
    if (this.#client.isGoneFor(options.onDisconnect)) return (this.#work = undefined);
    const view = nodeView(request, request, this.#response, (gone) => this.#client.watch(gone));
    const open = (): RequestWork => new RequestWork(name, view, options);
    const work = before === undefined ? open() : processState.ambient.run(this.#around, open);
    this.#work = work;
    if (work.scope === undefined) return work;
    this.#client.follow(work.scope);
    endWithAnswer(work, this.#response);
    work.onGivenUp((error) => this.#giveUp(work, error));
    return work;
  }

  /** A handler said `next`. */
  #goOn(work: RequestWork, next: Next, error: unknown): void {
    if (this.#givenUp === work) return; // XR6
    if (!error || error === 'route' || error === 'router') {
      next(error);
      return;
    }
    const told = thrownIn(work, error);
    if (!this.#isMoot(work, told)) next(told);
  }

  async #settled(work: RequestWork, result: PromiseLike<unknown>, next: Next | undefined): Promise<unknown> {
    try {
      return await result;
    } catch (error) {
      if (this.#isMoot(work, error)) return undefined;
      if (next === undefined || !isRequestCancelled(error)) throw error;
      next(error); // Express 4 would let the process die of it
      return undefined;
    }
  }

  /** Whether an error is for nobody: the request has been answered without it (XR6), or needs no answer (XR5). */
  #isMoot(work: RequestWork, error: unknown): boolean {
    if (this.#givenUp === work) return true;
    return isRequestCancelled(error) && error.cause.root.reason === 'disconnect';
  }

  #giveUp(work: RequestWork, error: unknown): void {
    this.#givenUp = work;
    if (work !== this.#work || work.isForNobody || this.#response.writableEnded) return;
    acceptLateWords(this.#response);
    this.#next?.(error);
  }
}

/** `error` as it is to be told, noted as what the request ended with. */
function thrownIn(work: RequestWork, error: unknown): unknown {
  try {
    return work.run(() => {
      throw error;
    });
  } catch (told) {
    return told;
  }
}

/** A route's own path. One that is no text, or several, is told as it was written. */
function templateOf({ path }: Route): string {
  return Array.isArray(path) ? path.map(String).join('|') : String(path);
}
