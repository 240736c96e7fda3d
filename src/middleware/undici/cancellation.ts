/**
 * An interceptor of undici whose requests are scopes.
 */
import type { Dispatcher } from 'undici';
import { CallPlan, type OutgoingOptions, type OutgoingRequest, withBudget } from '../outgoing/index.ts';
import { Exchange } from './exchange.ts';

/**
 * An interceptor: each request that a dispatcher makes is a scope in the one that is ambient where it is dispatched.
 *
 * A request stops when the scope around it is cancelled, its `timeoutMs` is over, or the caller's signal aborts: at once,
 * also while it waits for a connection. Scopes fail it, and its body, with a CancelledError whose cause leads back to who
 * cancelled; the caller's signal with that signal's reason. `fetch` wraps both in its TypeError. The scope ends with the last byte of the answer.
 *
 * Compose it first, so that it sits next to the network: what is composed after it, such as `redirect` or `retry`, then
 * comes through here with each request it makes, and each host is told of the budget, or is not.
 *
 * @throws {InvalidArgumentError} naming the option that cannot be what it is.
 *
 * @example
 * const agent = new Agent().compose(cancellation({ budget: { hosts: ['*.internal'] } }), interceptors.retry());
 * const { body } = await agent.request({ origin: 'http://prices.internal', path: '/today', method: 'GET' });
 */
export function cancellation(options: OutgoingOptions = {}): Dispatcher.DispatcherComposeInterceptor {
  const plan = new CallPlan('undici', options);
  return (dispatch) => (request, handler) => {
    const signal = signalIn(request);
    const described = describe(request);
    const scope = plan.open(described, signal);
    const exchange = new Exchange(scope, handler, signal, isFromFetch(request));
    return exchange.run(() => {
      const header = plan.headerFor(described.host, scope);
      const headers = header === undefined ? request.headers : withBudget(request.headers, header);
      return dispatch({ ...request, headers } as Dispatcher.DispatchOptions, exchange);
    });
  };
}

/** What the caller gave `request`: passed along, though it is not the dispatcher's affair. */
function signalIn(request: object): AbortSignal | undefined {
  const { signal } = request as { readonly signal?: unknown };
  return signal instanceof AbortSignal ? signal : undefined;
}

/** Whether `fetch` makes it: it says so to every server. */
function isFromFetch({ headers }: Dispatcher.DispatchOptions): boolean {
  return typeof headers === 'object' && headers !== null && 'sec-fetch-mode' in headers;
}

function describe({ origin, method, path }: Dispatcher.DispatchOptions): OutgoingRequest {
  let host = '';
  try {
    host = (origin instanceof URL ? origin : new URL(String(origin))).host;
  } catch {
    // for the dispatcher to say
  }
  return { method, host, path };
}
