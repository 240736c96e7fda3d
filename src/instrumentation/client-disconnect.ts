/**
 * Telling monitors that an HTTP client went away; for middleware.
 */
import { dispatch } from './hub.ts';
import type { ClientDisconnected } from './monitor.ts';

/** Counts a client that went away. Once a request is the caller's affair. */
export function reportClientDisconnect(event: ClientDisconnected): void {
  dispatch('clientDisconnected', event);
}
