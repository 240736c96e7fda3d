/**
 * The Hono middleware: it runs the rest of a request in a scope.
 *
 * V18. On @hono/node-server the scope lasts until the response is closed, also one that streams on (Q1). Elsewhere, as in
 *      `app.request()` of a test, there is no such moment: it ends with the rest of the request, and the client is gone
 *      when the request's own signal says so.
 * V19. Hono hands what a handler throws to the error handler before the middleware hears of it. A 500 for the request's
 *      own cancel is corrected then; every other answer of an error handler stays.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { CancelledError } from '../../token/index.ts';
import {
  cancellationIn,
  cancelledBefore,
  checkMiddlewareOptions,
  endWithAnswer,
  isRequestCancelled,
  type MiddlewareOptions,
  nameOf,
  optionsOf,
  RequestWork,
  runRest,
} from '../http/index.ts';
import { answeredByHono, answerNothing, cancelledResponse, keepWork, workOf } from './cancelled-response.ts';
import { outgoingOf, viewOf } from './hono-view.ts';
import { routeOf } from './route-of.ts';

/** Options of {@link honoCancellation}. */
export type HonoCancellationOptions = MiddlewareOptions<Context>;

/**
 * Middleware that gives each request a scope, named by its route's template: `get:/orders/{id}`; `get:_unrouted` where
 * nothing but middleware matches. It ends when the handler has, and the response is closed. What runs in it reaches it by
 * `currentScope()` and `c.var.cancellation`.
 *
 * Put it first: `app.use(honoCancellation())`. Used again on the same request it does nothing. Hono's own error handler
 * answers cancels by H6, but logs those that handlers throw; an `app.onError` with {@link cancelledResponse} logs nothing.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * app.use(honoCancellation({ timeoutMs: 5_000 }));
 * app.get('/orders/:id', async (c) => c.json(await loadOrder(c.req.param('id'), c.var.cancellation.signal)));
 */
export function honoCancellation(options: HonoCancellationOptions = {}): MiddlewareHandler {
  checkMiddlewareOptions(options);
  return async (c, next) => {
    if (workOf(c) !== undefined) return next();
    const name = nameOf(options, c, () => routeOf(c));
    const work = new RequestWork(name, viewOf(c), optionsOf(options, name));
    keepWork(c, work);
    const outgoing = outgoingOf(c);
    if (work.scope !== undefined) c.set('cancellation', cancellationIn(work.scope));
    if (outgoing !== undefined) endWithAnswer(work, outgoing);
    let isHandled = false;
    try {
      await runRest(work, async () => {
        await ownSignalAsCancel(c, work, next);
        isHandled = c.error !== undefined;
        if (isHandled) throw c.error;
      });
    } catch (error) {
      if (work.scope === undefined && isRequestCancelled(error))
        c.set('cancellation', cancelledBefore(name, error.cause));
      answer(c, error, isHandled);
    } finally {
      if (outgoing === undefined) work.close(true); // V18
    }
  };
}

/** Answers what came out of the rest of the request. @throws it, where no error handler has seen it. */
function answer(c: Context, error: unknown, isHandled: boolean): void {
  const isOurs = isRequestCancelled(error);
  if (isOurs && (error.cause.root.reason === 'disconnect' || outgoingOf(c)?.headersSent === true)) {
    return answerNothing(c, error.status);
  }
  if (!isHandled) throw answeredByHono(error);
  const response = isOurs && c.res.status === 500 ? cancelledResponse(error, c) : undefined; // V19
  if (response !== undefined) c.res = response;
}

/** The signal of Hono's own request is aborted with a mere text: what rejects with that, in a cancelled request, is its cancel. */
async function ownSignalAsCancel(c: Context, work: RequestWork, next: () => Promise<void>): Promise<void> {
  try {
    await next();
  } catch (error) {
    const cause = work.scope?.cause;
    if (cause !== undefined && !(error instanceof Error) && error === c.req.raw.signal.reason)
      throw new CancelledError(cause);
    throw error;
  }
}
