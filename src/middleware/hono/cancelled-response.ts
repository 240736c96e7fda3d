/**
 * Cancels as Hono answers errors.
 *
 * V17. Hono's own error handler returns what an error's `getResponse` gives, and logs any other.
 * V21. Where nobody is left to answer, or part of an answer is out, the adapter is told to send nothing.
 */
import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { isRequestCancelled, type RequestCancelledError, type RequestWork } from '../http/index.ts';

/** Where a request has its work: a WeakMap with an entry for every request is dear to collect. */
const WORK = Symbol('cancelscope.work');

/** Node's own request, or else the web's: an application that is mounted in another makes a context of its own. */
function requestOf(c: Context): { [WORK]?: RequestWork } {
  return (c.env as { incoming?: object } | undefined)?.incoming ?? c.req.raw;
}

/** The work of a request, once it has one. */
export function workOf(c: Context): RequestWork | undefined {
  return requestOf(c)[WORK];
}

/** Notes whose work it is. */
export function keepWork(c: Context, work: RequestWork): void {
  requestOf(c)[WORK] = work;
}

/**
 * The answer to a request whose cancel `error` is: 504, 503 and so on (H6). For error handlers of the service's own;
 * Hono calls them before the middleware sees the error. Undefined for every other error.
 *
 * @example
 * app.onError((error, c) => cancelledResponse(error, c) ?? c.json({ message: 'failed' }, 500));
 */
export function cancelledResponse(error: unknown, c: Context): Response | undefined {
  const shown = isRequestCancelled(error) ? error : workOf(c)?.answerable(error);
  return isRequestCancelled(shown) ? responseTo(shown) : undefined;
}

/** The same error, as Hono's own error handler answers it (V17). */
export function answeredByHono(error: unknown): unknown {
  return isRequestCancelled(error) ? Object.assign(error, { getResponse: () => responseTo(error) }) : error;
}

/** Answers nothing (V21). `status` is for the log. */
export function answerNothing(c: Context, status: number): void {
  const response = new Response(null, { status, headers: { 'x-hono-already-sent': 'true' } });
  if (response.body === null) c.res = response; // always so; but once it was asked, the adapter looks at the header
}

function responseTo({ status, headers }: RequestCancelledError): Response {
  return new Response(STATUS_CODES[status] ?? null, { status, headers });
}
