/**
 * One request of Fastify.
 *
 * V12. A request that was given up is answered then. What its handler still brings is dropped: Fastify would complain of a
 *      second answer.
 * V13. Fastify's own `handlerTimeout` cancels too, with `timeout`; Fastify has answered it then.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scope } from '../../token/index.ts';
import {
  answerCancelled,
  cancellationIn,
  cancelledBefore,
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
  unroutedName,
} from '../http/index.ts';

/** A request's scope, and what goes into its reply. */
export class FastifyWork {
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #name: string;
  readonly #work: RequestWork;
  #isGivenUp = false;

  /** Opens its scope. @throws what the options throw. */
  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    { config, handlerTimeout }: FastifyRequest['routeOptions'],
    options: MiddlewareOptions<FastifyRequest>,
  ) {
    const { method, raw } = request;
    const url = config?.url; // none where no route matches
    this.#request = request;
    this.#reply = reply;
    this.#name = nameOf(options, request, () => (url === undefined ? unroutedName(method) : routeNameOf(method, url)));
    const all = optionsOf(options, this.#name);
    const own = config?.cancellation;
    const view = nodeView(request, raw, reply.raw);
    this.#work = new RequestWork(this.#name, view, own === undefined ? all : { ...all, ...own });
    if (this.scope !== undefined && handlerTimeout > 0) cancelWithHandlerTimeout(request, this.scope);
  }

  /** Undefined when the request was cancelled before it began. */
  get scope(): Scope | undefined {
    return this.#work.scope;
  }

  /** Runs `done`, which goes on with the request, in the scope; or calls it with the error to answer. */
  begin(done: (error?: Error) => void): void {
    const work = this.#work;
    if (work.scope === undefined) {
      this.#refuse(done);
      return;
    }
    this.#show(cancellationIn(work.scope));
    endWithAnswer(work, this.#reply.raw);
    work.onGivenUp((error) => this.#giveUp(error));
    work.scope.run(() => done());
  }

  /** Runs the route's handler, unless the request was cancelled on the way to it. What it throws is as Q3 says. */
  handle(handler: () => unknown): unknown {
    const { scope } = this;
    const result = this.#work.run(() => {
      if (scope?.state === 'cancelling') scope.throwIfCancelled();
      return handler();
    });
    return isPromiseLike(result) ? this.#whenWanted(result) : result;
  }

  /** Makes an error that is the request's cancel one that says its answer, where it does not (hooks throw them too). */
  explain(error: unknown): void {
    if (isRequestCancelled(error)) return;
    const answer = this.#work.answerable(error);
    if (!isRequestCancelled(answer) || answer === error) return;
    const { status, statusCode, headers, expose } = answer;
    try {
      Object.assign(error as object, { status, statusCode, headers, expose });
    } catch {
      // frozen: it is answered as any error
    }
  }

  #refuse(done: (error?: Error) => void): void {
    this.#work.onGivenUp((error) => {
      if (isRequestCancelled(error)) this.#show(cancelledBefore(this.#name, error.cause));
      done(error as Error);
    });
  }

  async #whenWanted(result: PromiseLike<unknown>): Promise<unknown> {
    try {
      const value = await result;
      if (!this.#isGivenUp) return value;
      discard(value);
    } catch (error) {
      if (!this.#isGivenUp) throw error;
    }
    return undefined; // V12
  }

  #giveUp(error: unknown): void {
    this.#isGivenUp = true;
    const reply = this.#reply;
    if (this.#work.isForNobody || reply.raw.headersSent || reply.raw.writableEnded) return;
    if (reply.sent) answerCancelled(reply.raw, error); // hijacked: Fastify sends nothing more
    else reply.send(error);
  }

  #show(cancellation: RequestCancellation): void {
    (this.#request as { cancellation: RequestCancellation }).cancellation = cancellation;
  }
}

function cancelWithHandlerTimeout(request: FastifyRequest, scope: Scope): void {
  const { signal } = request;
  const onAbort = (): void => {
    const { code, message } = (signal.reason ?? {}) as { code?: unknown; message?: string };
    if (code === 'FST_ERR_HANDLER_TIMEOUT') scope.cancel('timeout', message); // V13; else only its body was read
  };
  signal.addEventListener('abort', onAbort, { once: true });
}

/** A late stream is nobody's to read. */
function discard(value: unknown): void {
  const { destroy } = (value ?? {}) as { destroy?: unknown };
  if (typeof destroy === 'function') destroy.call(value);
}
