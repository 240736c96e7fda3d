/**
 * Telling monitors that an HTTP client went away; for middleware.
 */
import { sharedSlot } from '../token/index.ts';
import { dispatch } from './hub.ts';
import type { ClientDisconnected } from './monitor.ts';

/** Answers whose client's going was told of. */
const told = sharedSlot('disconnects told', () => new WeakSet<object>());

/**
 * Counts a client that went away, once for each answer: a response, or a stream of HTTP/2. Several may watch the same.
 *
 * @returns Whether it was counted.
 */
export function reportClientDisconnect(event: ClientDisconnected, answer?: object): boolean {
  if (answer !== undefined) {
    if (told.has(answer)) return false;
    told.add(answer);
  }
  dispatch('clientDisconnected', event);
  return true;
}
