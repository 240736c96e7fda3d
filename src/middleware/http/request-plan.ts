/**
 * What a request's options come to: the options of its scope, and how its cancel is answered.
 */
import {
  type Clock,
  findCancelledError,
  isOwnCancel,
  readingOf,
  type Scope,
  type ScopeOptions,
  systemClock,
} from '../../token/index.ts';
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
  /** The response, or the stream of HTTP/2: its client is counted once, whoever else watches it. */
  readonly answer?: object;
}

/** How one request is run and answered. */
export interface RequestPlan {
  readonly scopeOptions: ScopeOptions;
  /** `error` as it is to be answered, if it is the cancel of the request's scope; itself, if not. No scope: it never ran. */
  readonly answerable: (error: unknown, scope: Scope | undefined) => unknown;
}

/** What one request may have besides. */
export type OwnScopeOptions = Pick<
  ScopeOptions,
  'deadline' | 'parent' | 'detached' | 'signal' | 'keepAlive' | 'triggers'
>;

/** Plans a request. @throws what the option `attributes` throws. */
export function planRequest<Request>(
  view: RequestView<Request>,
  options: RequestOptions<Request>,
  own?: OwnScopeOptions,
): RequestPlan {
  const { timeoutMs, graceMs = GRACE_MS, token, status, attributes, clock = systemClock } = options;
  const client = onDisconnect(view.method, view.watch, options.onDisconnect, view.answer);
  const scopeOptions: { -readonly [option in keyof ScopeOptions]: ScopeOptions[option] } = {
    ...own,
    clock,
    graceMs,
    triggers: own?.triggers === undefined ? [client] : [client, ...own.triggers],
  };
  if (timeoutMs !== undefined) scopeOptions.timeoutMs = timeoutMs;
  if (token !== undefined) scopeOptions.token = token;
  const described = typeof attributes === 'function' ? attributes(view.request) : attributes;
  if (described !== undefined) scopeOptions.attributes = described;
  const clientDeadline = shortenByClient(
    scopeOptions,
    clock,
    incomingBudget(options.budget, view.request, view.headerOf),
  );
  return {
    scopeOptions,
    answerable(error, scope) {
      const cause = scope === undefined ? findCancelledError(error)?.cause : scope.cause;
      if (cause === undefined || (scope !== undefined && !isOwnCancel(scope, error))) return error;
      return requestCancelled(cause, { clientDeadline, httpVersion: view.httpVersion }, status);
    },
  };
}

/** Ends a scope when the client's budget does, if that is sooner (H4). @returns Whether it is. */
function shortenByClient(
  options: { deadline?: number | Date; readonly timeoutMs?: number },
  clock: Clock,
  budgetMs: number | undefined,
): boolean {
  if (budgetMs === undefined || budgetMs >= (options.timeoutMs ?? Infinity)) return false;
  const at = clock.now() + budgetMs;
  if (options.deadline !== undefined && at >= readingOf(options.deadline, clock)) return false;
  options.deadline = at;
  return true;
}
