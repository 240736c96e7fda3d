/**
 * A scope for each request of Express 5 and 4.
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
export { expressCancellation, type ExpressCancellationOptions } from './express-cancellation.ts';

declare global {
  namespace Express {
    interface Request {
      /** This request's cancellation. There once `expressCancellation` has run. */
      readonly cancellation: RequestCancellation;
    }
  }
}
