/**
 * Answering a cancelled request where no framework does.
 */
import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { NodeResponse } from './client-gone.ts';
import type { RequestCancelledError } from './status.ts';

/**
 * Answers a request that was cancelled, by H6. Nothing is sent where something has been, or nobody is there.
 *
 * @returns Whether `error` was the cancel of a request, and so is dealt with.
 *
 * @example
 * requestScope(request, response, { route: 'get:/report' }, report).catch((error: unknown) => {
 *   if (!answerCancelled(response, error)) response.writeHead(500).end();
 * });
 */
export function answerCancelled(response: NodeResponse | ServerHttp2Stream, error: unknown): boolean {
  if (!isRequestCancelled(error)) return false;
  const isSent = response.headersSent || response.writableEnded || ('destroyed' in response && response.destroyed);
  if (isSent || error.cause.root.reason === 'disconnect') {
    if (response.headersSent && !response.writableEnded) response.destroy(); // half an answer is not to look whole
    return true;
  }
  if ('respond' in response) response.respond({ ...error.headers, ':status': error.status }, { endStream: true });
  else (response as ServerResponse).writeHead(error.status, error.headers).end();
  return true;
}

/** Whether `error` says how it is to be answered. */
export function isRequestCancelled(error: unknown): error is RequestCancelledError {
  const { status, headers, cause } = (error ?? {}) as Partial<RequestCancelledError>;
  return typeof status === 'number' && typeof headers === 'object' && typeof cause?.root === 'object';
}
