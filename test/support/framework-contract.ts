import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CancellationToken, currentScope, type Scope } from '../../src/index.ts';
import type { MiddlewareOptions, RequestCancellation } from '../../src/middleware/http/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { deferred } from './deferred.ts';
import { ask } from './http-answer.ts';
import { loopTurn } from './process-errors.ts';
import { monitorInTest, record } from './record.ts';

/** What a handler has in hand, and gives: the body of its answer. */
export type ContractHandler = (request: {
  readonly id: string;
  readonly cancellation: RequestCancellation;
}) => Promise<string | Readable>;

/**
 * Serves GET of `/orders/:id` and `/other/:id` by `handler`, on HTTP/1.1 until the test is over. Gives the port, and
 * what the framework reported as errors.
 */
export type StartFramework = (
  options: MiddlewareOptions<unknown>,
  handler: ContractHandler,
) => Promise<{ readonly port: number; readonly errors: () => unknown[] }>;

/** Resolves when as many scopes have ended, from now on. */
export async function scopesEnded(count: number): Promise<void> {
  const ended = deferred();
  let left = count;
  monitorInTest({
    scopeSettled() {
      if (--left === 0) ended.resolve();
    },
  });
  await ended.promise;
  await loopTurn();
}

const untilCancelled = (scope = currentScope() as Scope): Promise<never> => scope.race(new Promise<never>(() => {}));

/** How the scopes that were recorded ended. */
export function outcomes(recorded: ReturnType<typeof record>): unknown[] {
  return recorded.of('scopeSettled').map(({ outcome }) => outcome);
}

/** Tests on one framework what they all promise. */
export function frameworkContract(start: StartFramework): void {
  test('H2, H3: a normal answer cancels nothing; the scope has the route’s name, is ambient, and is `cancellation`', async () => {
    const recorded = record();
    const over = scopesEnded(1);
    const seen: unknown[] = [];
    const { port } = await start({}, async ({ id, cancellation }) => {
      await loopTurn();
      const scope = currentScope();
      seen.push(scope?.name, scope === cancellation.scope, cancellation.signal === scope?.signal);
      seen.push(
        'cancel' in cancellation.token,
        cancellation.token === cancellation.token,
        cancellation.token.isCancelled,
      );
      return `order ${id}`;
    });

    const answer = await ask(port, '/orders/42');
    await over;

    expect(answer).toMatchObject({ status: 200, body: 'order 42' });
    expect(seen).toEqual(['get:/orders/{id}', true, true, false, true, false]);
    expect(outcomes(recorded)).toEqual(['completed']);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });

  test('H3: what matches no route has one name', async () => {
    const recorded = record();
    const over = scopesEnded(2);
    const { port } = await start({}, async () => 'x');

    const answers = [await ask(port, '/nowhere/1'), await ask(port, '/nowhere/2')];
    await over;

    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['get:_unrouted', 'get:_unrouted']);
  });

  test('the option `route` names scopes, where it says something', async () => {
    const recorded = record();
    const over = scopesEnded(2);
    const names = ['first', undefined];
    const { port } = await start({ route: () => names.shift() }, async () => 'x');

    await ask(port, '/orders/1');
    await ask(port, '/orders/2');
    await over;

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['first', 'get:/orders/{id}']);
  });

  describe('H6: a handler that stops for the cancel is answered', () => {
    const trusted = { trust: () => true };
    test.each([
      ['504 for the service’s own budget', { timeoutMs: 10 }, {}, 504],
      ['408 for the client’s', { timeoutMs: 100, budget: trusted }, { 'x-request-budget-ms': '10' }, 408],
      ['504 where the client is not trusted (H4)', { timeoutMs: 10 }, { 'x-request-budget-ms': '5' }, 504],
      ['as the option `status` says', { timeoutMs: 10, status: () => 502 }, {}, 502],
    ] as const)('%s', async (_case, options, headers, status) => {
      const recorded = record();
      const over = scopesEnded(1);
      const clock = virtualClock();
      const entered = deferred();
      const { port } = await start({ clock, ...options }, async () => {
        entered.resolve();
        return untilCancelled();
      });
      const answer = ask(port, '/orders/1', headers);
      await entered.promise;

      await clock.advance(10);
      const { status: answered } = await answer;
      await over;

      expect(answered).toBe(status);
      expect(outcomes(recorded)).toEqual(['cancelled']);
      expect(recorded.of('clientDisconnected')).toEqual([]);
    });

    test('503 for a shutdown, with Retry-After and Connection: close', async () => {
      const over = scopesEnded(1);
      const token = new CancellationToken();
      const entered = deferred();
      const { port } = await start({ token }, async () => {
        entered.resolve();
        return untilCancelled();
      });
      const answer = ask(port, '/orders/1');
      await entered.promise;

      token.cancel('shutdown');
      const { status, headers } = await answer;
      await over;

      expect(status).toBe(503);
      expect(headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
    });

    test('also where the cancel comes wrapped: an AbortError with the signal’s reason as its cause', async () => {
      const over = scopesEnded(1);
      const { port } = await start({}, async ({ cancellation }) => {
        cancellation.scope?.cancel('timeout');
        throw Object.assign(new Error('aborted', { cause: cancellation.signal.reason }), { name: 'AbortError' });
      });

      const { status } = await ask(port, '/orders/1');
      await over;

      expect(status).toBe(504);
    });
  });

  test('Q3: an error of the handler’s own is answered and reported as ever', async () => {
    const recorded = record();
    const over = scopesEnded(2);
    const other = new CancellationToken();
    other.cancel('timeout');
    const { port, errors } = await start({}, async ({ id }) => {
      if (id === '1') throw new Error('bug');
      other.throwIfCancelled();
      return 'never';
    });

    const answers = [await ask(port, '/orders/1'), await ask(port, '/orders/2')];
    await over;

    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
    expect(outcomes(recorded)).toEqual(['failed', 'failed']);
    expect(errors()).toHaveLength(2);
  });

  test('`forRoute` overrides the options for one route', async () => {
    const over = scopesEnded(2);
    const clock = virtualClock();
    const { port } = await start(
      { clock, timeoutMs: 100, forRoute: (route) => (route === 'get:/other/{id}' ? { timeoutMs: 0 } : undefined) },
      async () => String(currentScope()?.remainingMs),
    );

    const answers = [await ask(port, '/orders/1'), await ask(port, '/other/1')];
    await over;

    expect(answers.map(({ status }) => status)).toEqual([200, 504]);
    expect(answers[0]?.body).toBe('100');
  });
}
