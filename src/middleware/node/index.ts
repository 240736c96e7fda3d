/**
 * Scopes for servers of node:http.
 */
export type { DisconnectPhase } from './client-gone.ts';
export { requestScope, type RequestScopeOptions } from './request-scope.ts';
