/**
 * What a client is told when its request did not come to its end.
 */
import type { ServerResponse } from 'node:http';
import { CancelledError, type CancellationReason } from './cancelscope.ts';
import { sendJson } from './route.ts';
import { UpstreamError } from './upstream.ts';

/** Answers `response` for an error of its route; whether the error was expected. */
export function answerError(response: ServerResponse, error: unknown): boolean {
  if (error instanceof CancelledError) {
    const { reason } = error.cause.root;
    if (response.headersSent) {
      response.destroy(); // cut off in the middle: the client must not take it for complete
    } else {
      if (reason === 'shutdown') response.setHeader('Retry-After', '1');
      sendJson(response, { cancelled: reason }, statusOf(reason));
    }
    return true;
  }
  const known = error instanceof UpstreamError;
  sendJson(response, { error: known ? error.message : 'internal error' }, known ? 502 : 500);
  return known;
}

/** By whose doing it ended; who went away reads no status. */
function statusOf(reason: CancellationReason): number {
  switch (reason) {
    case 'timeout':
      return 504;
    case 'deadline':
      return 408;
    case 'superseded':
      return 409;
    default:
      return 503;
  }
}
