/**
 * A scope for each request of Fastify 5.
 */
import type { FastifyRequest as AnyFastifyRequest } from 'fastify';
import type { RequestCancellation, RequestOptions } from '../http/index.ts';

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
export { fastifyCancellation, type FastifyCancellationOptions } from './fastify-cancellation.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** This request's cancellation. There from the hook `onRequest` on. */
    readonly cancellation: RequestCancellation;
  }
  interface FastifyContextConfig {
    /** How requests of this route are cancelled, where it differs from the plugin's options. */
    readonly cancellation?: RequestOptions<AnyFastifyRequest>;
  }
}
