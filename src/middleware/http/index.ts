/**
 * What middleware for HTTP has in common.
 */
export { answerCancelled, isRequestCancelled } from './answer.ts';
export {
  BUDGET_HEADER,
  type BudgetFor,
  type Header,
  type OutgoingBudget,
  outgoingBudget,
  readBudget,
} from './budget.ts';
export {
  type DisconnectPhase,
  isOfSystem,
  type NodeRequest,
  type NodeResponse,
  onClientGone,
  onStreamGone,
} from './client-gone.ts';
export { type DisconnectPolicy, onDisconnect, type WatchClient } from './disconnect-policy.ts';
export type { IncomingBudget } from './incoming-budget.ts';
export { endWithAnswer } from './node-answer.ts';
export { nodeView, streamView } from './node-view.ts';
export { cancellationIn, cancelledBefore, type RequestCancellation } from './request-cancellation.ts';
export {
  checkMiddlewareOptions,
  checkRequestOptions,
  type MiddlewareOptions,
  type RequestOptions,
} from './request-options.ts';
export { type OwnScopeOptions, planRequest, type RequestPlan, type RequestView } from './request-plan.ts';
export { isPromiseLike, RequestWork, workOf } from './request-work.ts';
export { runRest } from './whole-request.ts';
export { nameOf, optionsOf, routeNameOf, unroutedName } from './route-options.ts';
export { routeName } from './route-name.ts';
export type { RequestCancelledError, StatusOf } from './status.ts';
