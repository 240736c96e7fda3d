/**
 * What a request's options come to: the options of its scope, and how its cancel is answered.
 */
import { findCancelledError, isOwnCancel, type Scope, type ScopeOptions, systemClock } from '../../token/index.ts';
import { onDisconnect, type WatchClient } from './disconnect-policy.ts';
import { incomingBudget } from './incoming-budget.ts';
import { GRACE_MS, type RequestOptions } from './request-options.ts';
import { requestCancelled } from './status.ts';

/** A request, as far as its cancellation goes. */
export interface RequestView<Request> {
  /** What the service's own functions are given. */
  readonly request: Request;
  readonly method: string;
  readonly httpVersion: number;
  readonly headerOf: (name: string) => unknown;
  readonly watch: WatchClient;
}

/** How one request is run and answered. */
export interface RequestPlan {
  readonly scopeOptions: ScopeOptions;
  /** `error` as it is to be answered, if it is the cancel of the request's scope; itself, if not. No scope: it never ran. */
  readonly answerable: (error: unknown, scope: Scope | undefined) => unknown;
}

/** Plans a request. @throws what the option `attributes` throws. */
export function planRequest<Request>(view: RequestView<Request>, options: RequestOptions<Request>): RequestPlan {
  const { timeoutMs, graceMs = GRACE_MS, budget, token, status, attributes, clock = systemClock } = options;
  const budgetMs = incomingBudget(budget, view.request, view.headerOf);
  const clientDeadline = budgetMs !== undefined && budgetMs < (timeoutMs ?? Infinity); // H4
  const described = typeof attributes === 'function' ? attributes(view.request) : attributes;
  return {
    scopeOptions: {
      clock,
      graceMs,
      triggers: [onDisconnect(view.method, view.watch, options.onDisconnect)],
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(clientDeadline && { deadline: clock.now() + budgetMs }),
      ...(token !== undefined && { token }),
      ...(described !== undefined && { attributes: described }),
    },
    answerable(error, scope) {
      const cause = scope === undefined ? findCancelledError(error)?.cause : scope.cause;
      if (cause === undefined || (scope !== undefined && !isOwnCancel(scope, error))) return error;
      return requestCancelled(cause, { clientDeadline, httpVersion: view.httpVersion }, status);
    },
  };
}
