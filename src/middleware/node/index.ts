/**
 * Scopes for servers of node:http and node:http2, and for requests that a service makes itself.
 */
export {
  answerCancelled,
  type DisconnectPhase,
  type DisconnectPolicy,
  type IncomingBudget,
  type NodeRequest,
  type NodeResponse,
  type OwnScopeOptions,
  type RequestCancelledError,
  type RequestOptions,
  type StatusOf,
} from '../http/index.ts';
export type { OutgoingBudget } from '../http/index.ts';
export type { OutgoingOptions, OutgoingRequest } from '../outgoing/index.ts';
export { cancellableRequest, type RequestFunction } from './cancellable-request.ts';
export { requestScope, type RequestScopeOptions, streamScope } from './request-scope.ts';
