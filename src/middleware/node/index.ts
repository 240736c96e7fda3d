/**
 * Scopes for servers of node:http and node:http2.
 */
export {
  answerCancelled,
  type DisconnectPhase,
  type DisconnectPolicy,
  type IncomingBudget,
  type RequestCancelledError,
  type StatusOf,
} from '../http/index.ts';
export { requestScope, type RequestScopeOptions, streamScope } from './request-scope.ts';
