import { CancellationToken, cancelScope, isCancelled, type Scope } from 'cancelscope';
import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { executeInScope, failures } from '../../examples/recipes/cockatiel.ts';
import { retryInScope } from '../../examples/recipes/p-retry.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';

guardLeaks();
guardUnhandled();

/** Much longer than a test may take. */
const BACKOFF_MS = 600_000;

type Attempt<T> = (scope: Scope) => T | PromiseLike<T>;

const libraries: [name: string, retrying: <T>(attempt: Attempt<T>, waitMs: number) => Promise<T>][] = [
  ['p-retry', (attempt, waitMs) => retryInScope('load', attempt, { retries: 5, minTimeout: waitMs, unref: true })],
  [
    'cockatiel',
    (attempt, waitMs) => {
      const policy = retry(failures, { maxAttempts: 5, backoff: new ConstantBackoff(waitMs) });
      return executeInScope('load', policy.dangerouslyUnref(), attempt);
    },
  ],
];

describe.each(libraries)('with %s', (_, retrying) => {
  /** Runs in a scope that `stop` cancels. */
  const under = <T>(stop: CancellationToken, attempt: Attempt<T>, waitMs = 0): Promise<T> =>
    cancelScope('request', { token: stop }, () => retrying(attempt, waitMs));

  test('an error is retried', async () => {
    let attempts = 0;

    const value = await retrying(() => {
      if (++attempts < 3) throw new Error('not yet');
      return 'loaded';
    }, 1);

    expect([value, attempts]).toEqual(['loaded', 3]);
  });

  test('an error that stays is thrown in the end, as it is', async () => {
    const broken = new Error('broken');

    expect(await caught(retrying(() => Promise.reject(broken), 0))).toBe(broken);
  });

  test('a cancel while an attempt runs stops it, and is not retried', async () => {
    const stop = new CancellationToken({ name: 'stop' });
    const started = deferred();
    const ended: string[] = [];
    const work = caught(
      under(stop, async (scope) => {
        started.resolve();
        try {
          await scope.race(new Promise(() => {}));
        } finally {
          await new Promise(setImmediate); // it cleans up
          ended.push('attempt');
        }
      }),
    ).then((error) => (ended.push('all'), error));
    await started.promise;

    stop.cancel('disconnect');

    expect(isCancelled(await work, 'disconnect')).toBe(true);
    expect(ended).toEqual(['attempt', 'all']);
  });

  test('a cancel while an attempt fails for another reason is not retried', async () => {
    const stop = new CancellationToken({ name: 'stop' });
    let attempts = 0;

    const error = await caught(
      under(stop, () => {
        attempts++;
        stop.cancel('shutdown');
        throw new Error('connection lost');
      }),
    );

    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect(attempts).toBe(1);
  });

  test('a cancel while it waits ends the waiting at once', async () => {
    const stop = new CancellationToken({ name: 'stop' });
    const failed = deferred();
    let attempts = 0;
    const work = caught(
      under(
        stop,
        () => {
          attempts++;
          failed.resolve();
          throw new Error('not yet');
        },
        BACKOFF_MS,
      ),
    );
    await failed.promise;
    await new Promise(setImmediate); // it waits

    stop.cancel('disconnect');

    expect(isCancelled(await work, 'disconnect')).toBe(true);
    expect(attempts).toBe(1);
  });

  test('somebody else’s cancel that comes out of an attempt is not retried', async () => {
    let attempts = 0;

    const error = await caught(
      retrying(() => {
        attempts++;
        return cancelScope('newest', (inner) => {
          inner.cancel('superseded');
          inner.throwIfCancelled();
        });
      }, 0),
    );

    expect(isCancelled(error, 'superseded')).toBe(true);
    expect(attempts).toBe(1);
  });

  test('a time limit inside the attempt is retried', async () => {
    let attempts = 0;

    const value = await retrying(() => {
      const timeoutMs = ++attempts < 3 ? 1 : Infinity;
      return cancelScope('query', { timeoutMs }, (query) =>
        timeoutMs === 1 ? query.race(new Promise<string>(() => {})) : 'loaded',
      );
    }, 0);

    expect([value, attempts]).toEqual(['loaded', 3]);
  });
});

test('p-retry: each attempt has its own budget', async () => {
  let attempts = 0;

  const value = await retryInScope(
    'load',
    (scope) => (++attempts < 3 ? scope.race(new Promise<string>(() => {})) : 'loaded'),
    { attemptTimeoutMs: 2, minTimeout: 0 },
  );

  expect([value, attempts]).toEqual(['loaded', 3]);
});

describe('cockatiel', () => {
  afterEach(() => void vi.useRealTimers());

  test('comes back from the backoff it sat out, and starts nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const stop = new CancellationToken({ name: 'stop' });
    let attempts = 0;
    const policy = retry(failures, { maxAttempts: 5, backoff: new ConstantBackoff(BACKOFF_MS) });
    const work = caught(
      cancelScope('request', { token: stop }, () =>
        executeInScope('load', policy, () => {
          attempts++;
          throw new Error('not yet');
        }),
      ),
    );
    await vi.advanceTimersByTimeAsync(1);
    stop.cancel();
    await work;

    await vi.advanceTimersByTimeAsync(BACKOFF_MS);

    expect([attempts, vi.getTimerCount()]).toEqual([1, 0]);
  });

  test('has its breaker closed after any number of cancels, and open after failures', async () => {
    const breaker = circuitBreaker(failures, { halfOpenAfter: BACKOFF_MS, breaker: new ConsecutiveBreaker(2) });
    const cancelled = (): Promise<unknown> =>
      executeInScope('load', breaker, () =>
        cancelScope('newest', (inner) => {
          inner.cancel('superseded');
          inner.throwIfCancelled();
        }),
      );

    for (let round = 0; round < 5; round++) await caught(cancelled());
    const afterCancels = breaker.state;
    for (let round = 0; round < 2; round++)
      await caught(executeInScope('load', breaker, () => Promise.reject(new Error('down'))));

    expect([afterCancels, breaker.state]).toEqual([CircuitState.Closed, CircuitState.Open]);
  });

  test('has its own time limits retried, and they cancel the attempt', async () => {
    const causes: unknown[] = [];
    const policy = wrap(retry(handleAll, { maxAttempts: 1 }), timeout(2, TimeoutStrategy.Aggressive));

    const error = await caught(
      executeInScope('load', policy, (scope) => {
        scope.onCancel(({ reason }) => causes.push(reason));
        return scope.race(new Promise(() => {}));
      }),
    );

    expect(error).toMatchObject({ isTaskCancelledError: true });
    expect(causes).toEqual(['abort', 'abort']);
  });
});
