/**
 * Keeping Koa from answering, and reporting, requests that were cancelled.
 *
 * V16. Where the client is gone, its cancel and the broken response that follows from it are no errors: no `error` event,
 *      no answer. A response that was cut off by another cancel is reported as that cancel. Real errors stay what they are.
 */
import type { Context } from 'koa';
import { CancelledError } from '../../token/index.ts';
import { isRequestCancelled, type RequestWork } from '../http/index.ts';

/** What a response says that ended before its end. */
const CUT_OFF: ReadonlySet<unknown> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

/** Sets this request's `ctx.onerror`, through which all of Koa's errors go. */
export function sayNothingToNobody(ctx: Context, work: RequestWork): void {
  const inherited = ctx.onerror.bind(ctx);
  const onerror = (error: unknown): void => {
    const shown = error === null || isRequestCancelled(error) ? error : asCancel(error, work);
    if (work.isForNobody && isRequestCancelled(shown)) return; // V16
    inherited(shown as Error);
  };
  Object.assign(ctx, { onerror });
}

function asCancel(error: unknown, work: RequestWork): unknown {
  const cause = work.scope?.cause;
  const isCutOff = cause !== undefined && CUT_OFF.has((error as { code?: unknown } | undefined)?.code);
  return work.answerable(isCutOff ? new CancelledError(cause) : error);
}
