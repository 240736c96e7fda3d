/**
 * Policies of `cockatiel`: a cancel ends them at once, also while they wait; it is never retried and trips no breaker.
 *
 * const policy = retry(failures, { maxAttempts: 3, backoff: new ExponentialBackoff() }).dangerouslyUnref();
 * const orders = await executeInScope('load-orders', policy, (scope) => load(url, { signal: scope.signal }));
 */
import { cancelScope, isCancelled, type Scope } from 'cancelscope';
import { handleWhen, type IPolicy } from 'cockatiel';

/** What policies are to handle: any failure, a time limit inside the attempt included, but no other cancel. */
export const failures = handleWhen((error) => !isCancelled(error) || isCancelled(error, 'timeout'));

export function executeInScope<T, Instead = never>(
  name: string,
  policy: Pick<IPolicy<{ signal: AbortSignal }, Instead>, 'execute'>,
  attempt: (scope: Scope) => T | PromiseLike<T>,
): Promise<T | Instead> {
  return cancelScope(name, async (scope) => {
    let running: Promise<T> | undefined;
    const execution = policy.execute(({ signal }) => {
      // cockatiel sits out its backoff and comes back, with a signal that has aborted: then nothing runs.
      running = cancelScope(`${name}.attempt`, { signal }, attempt);
      return running;
    }, scope.signal);
    try {
      return await scope.race(execution);
    } finally {
      await running?.catch(() => {}); // a cancelled attempt is waited for; a backoff is not
    }
  });
}
