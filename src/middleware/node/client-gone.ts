/**
 * When the client of a node:http request went away.
 *
 * H1. That is `res` 'close' while `res.writableEnded` is false. Two edges of it: a client gone in the middle of its
 *     upload counts by `req` 'aborted', because a body parser answers 400 to nobody before 'close'; and the server's own
 *     `res.destroy()` looks the same, 'aborted' included, and is not a disconnect.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How far the answer was when its client went away. */
export type DisconnectPhase = 'before_headers' | 'streaming';

/** Calls `gone` at most once, if the client goes away before the answer is complete. */
export function onClientGone(
  request: IncomingMessage,
  response: ServerResponse,
  gone: (phase: DisconnectPhase) => void,
): Disposable {
  let destroyedHere = false;
  const destroy = response.destroy.bind(response);
  const destroyAndNote: typeof destroy = (...rest) => {
    destroyedHere = true;
    return destroy(...rest);
  };
  response.destroy = destroyAndNote;
  const phase = (): DisconnectPhase => (response.headersSent ? 'streaming' : 'before_headers');
  const onAborted = (): void => {
    if (response.writableEnded || destroyedHere) return;
    dispose();
    gone(phase());
  };
  const onClose = (): void => {
    const left = !response.writableEnded && !destroyedHere;
    dispose();
    if (left) gone(phase());
  };
  const dispose = (): void => {
    if (response.destroy === destroyAndNote) delete (response as { destroy?: unknown }).destroy;
    request.off('aborted', onAborted);
    response.off('close', onClose);
  };
  request.prependListener('aborted', onAborted);
  response.prependListener('close', onClose);
  if (response.closed) onClose(); // gone before anybody watched
  return { [Symbol.dispose]: dispose };
}
