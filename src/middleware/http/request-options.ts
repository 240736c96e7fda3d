/**
 * Options of a request's scope, the same in all middleware.
 */
import {
  type AnyToken,
  checkedMs,
  type Clock,
  InvalidArgumentError,
  type ScopeAttributes,
  tokenOf,
} from '../../token/index.ts';
import { checkedPolicy, type DisconnectPolicy } from './disconnect-policy.ts';
import { checkedIncomingBudget, type IncomingBudget } from './incoming-budget.ts';
import type { StatusOf } from './status.ts';

/** How requests are cancelled. */
export interface RequestOptions<Request> {
  /** The service's own budget for a request, in ms; it ends with reason `timeout`, and 504. Default none. */
  readonly timeoutMs?: number | undefined;
  /** How long a cancelled handler may go on, in ms, before the request is given up and answered. Default 1,000. */
  readonly graceMs?: number | undefined;
  /** What happens when the client goes away. Default `cancel`. */
  readonly onDisconnect?: DisconnectPolicy | undefined;
  /** Whose budgets count, as they come in. Default nobody's. */
  readonly budget?: IncomingBudget<Request> | undefined;
  /** Cancels requests too: the token of a shutdown, say. */
  readonly token?: AnyToken | undefined;
  /** Another status for a cancel; undefined leaves it. */
  readonly status?: StatusOf | undefined;
  /** Where its time comes from; default the machine's. */
  readonly clock?: Clock | undefined;
  /** What describes a request on its span. Never on a metric. */
  readonly attributes?: ScopeAttributes | ((request: Request) => ScopeAttributes | undefined) | undefined;
}

/** Options of middleware that serves many routes. */
export interface MiddlewareOptions<Request> extends RequestOptions<Request> {
  /**
   * What to call a request's scope instead of `get:/orders/{id}`: a few fixed names, never a path (H3). Undefined leaves
   * the name as it is.
   */
  readonly route?: ((request: Request) => string | undefined) | undefined;
  /** What is different for a route, by its name. */
  readonly forRoute?: ((route: string) => RequestOptions<Request> | undefined) | undefined;
}

/** How long a cancelled handler may go on. */
export const GRACE_MS = 1_000;

/** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
export function checkRequestOptions<Request>(options: RequestOptions<Request>): void {
  if (typeof options !== 'object' || options === null) throw new InvalidArgumentError('options', 'an object', options);
  const { timeoutMs, graceMs, onDisconnect, budget, token, status } = options;
  if (timeoutMs !== undefined) checkedMs('timeoutMs', timeoutMs);
  if (graceMs !== undefined) checkedMs('graceMs', graceMs);
  if (token !== undefined) tokenOf('token', token);
  if (onDisconnect !== undefined) checkedPolicy(onDisconnect);
  if (budget !== undefined) checkedIncomingBudget(budget);
  checkFunction('status', status);
}

/** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
export function checkMiddlewareOptions<Request>(options: MiddlewareOptions<Request>): void {
  checkRequestOptions(options);
  checkFunction('route', options.route);
  checkFunction('forRoute', options.forRoute);
}

function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new InvalidArgumentError(option, 'a function', value);
}
