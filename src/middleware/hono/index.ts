/**
 * A scope for each request of Hono 4.
 */
import type { RequestCancellation } from '../http/index.ts';

export type {
  DisconnectPhase,
  DisconnectPolicy,
  IncomingBudget,
  MiddlewareOptions,
  RequestCancellation,
  RequestCancelledError,
  RequestOptions,
  StatusOf,
} from '../http/index.ts';
export { cancelledResponse } from './cancelled-response.ts';
export { honoCancellation, type HonoCancellationOptions } from './hono-cancellation.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** This request's cancellation, after `honoCancellation`. */
    cancellation: RequestCancellation;
  }
}
