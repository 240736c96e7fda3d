/**
 * Scopes for calls of @grpc/grpc-js, on both ends.
 */
export { clientInterceptor, type ClientInterceptorOptions } from './client-interceptor.ts';
export { serverInterceptor, type ServerInterceptorOptions } from './server-interceptor.ts';
