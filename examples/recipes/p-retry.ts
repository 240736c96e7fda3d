/**
 * Retries with `p-retry`: a cancel ends them at once, also while they wait, and is never retried.
 *
 * const orders = await retryInScope('load-orders', (scope) => load(url, { signal: scope.signal }), { retries: 3 });
 */
import { cancelScope, isCancelled, type Scope } from 'cancelscope';
import pRetry, { type Options } from 'p-retry';

export interface RetryOptions extends Omit<Options, 'signal'> {
  /** The budget of each attempt, in ms; one that runs out of it is retried. Default none. */
  readonly attemptTimeoutMs?: number;
}

export function retryInScope<T>(
  name: string,
  attempt: (scope: Scope) => T | PromiseLike<T>,
  { attemptTimeoutMs = Infinity, shouldRetry = () => true, ...options }: RetryOptions = {},
): Promise<T> {
  return cancelScope(name, (scope) =>
    pRetry(() => cancelScope(`${name}.attempt`, { timeoutMs: attemptTimeoutMs }, attempt), {
      ...options,
      signal: scope.signal, // what ends the waiting; p-retry also looks at it before it retries
      shouldRetry: (context) => isFailure(context.error) && shouldRetry(context),
    }),
  );
}

/** A time limit inside the attempt is a failure like any other. All other cancels are somebody's decision. */
function isFailure(error: unknown): boolean {
  return !isCancelled(error) || isCancelled(error, 'timeout');
}
