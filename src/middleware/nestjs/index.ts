/**
 * A scope for each request of NestJS, on Express or Fastify.
 */
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
export { CancellationInterceptor, type CancellationInterceptorOptions } from './cancellation-interceptor.ts';
export { Cancellation, RequestSignal } from './decorators.ts';
