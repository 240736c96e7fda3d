/**
 * A scope for each request of Koa 3.
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
export { koaCancellation, type KoaCancellationOptions } from './koa-cancellation.ts';

declare module 'koa' {
  interface DefaultContext {
    /** This request's cancellation, after `koaCancellation`. */
    cancellation: RequestCancellation;
  }
}
