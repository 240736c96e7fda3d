/**
 * A `fetch` whose calls are scopes.
 *
 * C15. The scope ends with the headers, as the promise does. What cancels the call goes on doing so until its body is
 *      read (`body-follow.ts`).
 * C16. A call cancelled before it is made is not made. One cancelled as its headers arrive gives no response.
 */
import { InvalidArgumentError } from '../../token/index.ts';
import { CallPlan, type OutgoingOptions, reasonOf, reportCut } from '../outgoing/index.ts';
import { followBody } from './body-follow.ts';
import { describe, type FetchArguments, signalIn, urlOf } from './fetch-arguments.ts';
import { send } from './send.ts';

/** Options of {@link cancellableFetch}. */
export interface FetchOptions extends OutgoingOptions {
  /** What makes the requests; default the global `fetch`, looked up at each call. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * A `fetch` of the same type, each call of which is a scope in the ambient one.
 *
 * A call stops when the scope around it is cancelled, its `timeoutMs` is over, or the signal it was given aborts, while
 * its body is read as well. Scopes reject it, and reads of its body, with a CancelledError whose cause leads back to who
 * cancelled; the caller's own signal with that signal's reason, and failures of the network with what `fetch` says: both
 * as ever. The scope is told of until the headers; a body cut off later is told of as a scope `{name}:body`.
 *
 * Listed hosts are told what is left of the time, on redirects as well, and no other host is. A Request that has a body
 * is then not sent again where 307 or 308 points: `fetch(url, init)` is.
 *
 * A body that is never read keeps following the scopes around the call until it is collected, or they end: read it, or
 * `response.body.cancel()`.
 *
 * @throws {InvalidArgumentError} naming the option that cannot be what it is.
 *
 * @example
 * const fetch = cancellableFetch({ timeoutMs: 2_000, budget: { hosts: ['*.internal'] } });
 * const prices = await fetch('http://prices.internal/today').then((response) => response.json());
 */
export function cancellableFetch(options: FetchOptions = {}): typeof globalThis.fetch {
  const plan = new CallPlan('fetch', options);
  const { fetch: given } = options;
  if (given !== undefined && typeof given !== 'function') {
    throw new InvalidArgumentError('fetch', 'a function like the global fetch', given);
  }
  return (input, init) => call(plan, given ?? globalThis.fetch, { input, init });
}

async function call(plan: CallPlan, fetch: typeof globalThis.fetch, given: FetchArguments): Promise<Response> {
  const signal = signalIn(given);
  if (signal !== undefined && !(signal instanceof AbortSignal)) return fetch(given.input, given.init); // it says what is wrong
  const url = plan.readsRequests ? urlOf(given.input) : undefined;
  const scope = plan.open(describe(given, url), signal);
  const controller = new AbortController();
  let error: unknown;
  try {
    if (scope.isCancelled) controller.abort(reasonOf(scope.token, signal)); // C16
    else {
      scope.onCancel(() => {
        reportCut(scope.name);
        controller.abort(reasonOf(scope.token, signal));
      }, UNBOUND);
      const response = await scope.run(() => send({ plan, fetch, scope, url, signal: controller.signal }, given));
      if (!controller.signal.aborted) {
        followBody(response, { scope, controller, signal, timeoutMs: plan.timeoutMs, input: given.input });
        return response;
      }
    }
    error = controller.signal.reason; // C16
  } catch (thrown) {
    error = controller.signal.aborted && isAbort(thrown) ? controller.signal.reason : thrown;
    scope.fail(error);
  } finally {
    scope.close();
  }
  throw error;
}

/** Platform listeners on the signal run in the canceller's context too. */
const UNBOUND = { bind: false };

/** What a `fetch` rejects with that was aborted: the signal's reason, or an AbortError of its own. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === 'AbortError';
}
