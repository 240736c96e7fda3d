import type { Express, NextFunction, Request, Response } from 'express';
import { describe, expect, test, vi } from 'vitest';
import { CancellationToken, currentScope, isCancelled } from '../../../src/index.ts';
import { expressCancellation, type ExpressCancellationOptions } from '../../../src/middleware/express/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { EXPRESS_MAJORS, listenInTest } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const untilCancelled = (): Promise<never> =>
  (currentScope() as NonNullable<ReturnType<typeof currentScope>>).race(new Promise<never>(() => {}));

describe.each(EXPRESS_MAJORS)('Express $major', ({ express }) => {
  function appWith(options: ExpressCancellationOptions, build: (app: Express) => void): Promise<string> {
    const app = express();
    app.set('env', 'production');
    app.use(expressCancellation(options));
    build(app);
    return listenInTest(app);
  }

  /** Keeps Express from logging what it answers. */
  const silent = (app: Express): void => {
    app.set('env', 'test');
  };

  test('H6: the service’s own timeout is 504, for error handlers of the service to answer', async () => {
    const clock = virtualClock();
    const entered = deferred();
    const origin = await appWith({ timeoutMs: 500, clock }, (app) => {
      app.get('/orders/:id', async () => {
        entered.resolve();
        await untilCancelled();
      });
      app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
        const { status, headers } = error as { status: number; headers: Record<string, string> };
        response
          .status(status)
          .set(headers)
          .send(isCancelled(error, 'timeout') ? 'a timeout' : 'no timeout');
      });
    });

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(500);

    const response = await answer;
    expect([response.status, await response.text()]).toEqual([504, 'a timeout']);
  });

  test('H6: Express’s own error handling answers it too, and in production says nothing of the inside', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const clock = virtualClock();
    const entered = deferred();
    const origin = await appWith({ timeoutMs: 500, clock }, (app) => {
      app.get('/orders/:id', async () => {
        entered.resolve();
        await untilCancelled();
      });
    });

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(500);

    const response = await answer;
    expect(response.status).toBe(504);
    expect(await response.text()).toContain('<pre>Gateway Timeout</pre>');
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toHaveBeenCalledTimes(1);
    logged.mockRestore();
  });

  test.each<[string, ExpressCancellationOptions, number, string | null]>([
    ['no time left', { timeoutMs: 0 }, 504, null],
    ['no time left of the client’s own', { budget: { trust: () => true } }, 408, null],
    ['a shutdown', { token: cancelled('shutdown') }, 503, '1'],
    ['a shutdown with a status of the service’s own', { token: cancelled('shutdown'), status: () => 529 }, 529, '1'],
  ])(
    'H6: born cancelled by %s, it is answered and its handlers do not run',
    async (_why, options, status, retryAfter) => {
      const recorded = record();
      const app = express();
      silent(app);
      app.use(expressCancellation(options));
      app.get('/orders/:id', () => expect.fail('ran'));
      const origin = await listenInTest(app);

      const response = await fetch(`${origin}/orders/42`, { headers: { 'x-request-budget-ms': '0' } });

      expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
      expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
    },
  );

  test('H6: a shutdown in the middle is 503, and the early token hears of it before the route', async () => {
    const shutdown = new CancellationToken({ name: 'shutdown' });
    const early = deferred<AbortSignal>();
    const entered = deferred();
    const app = express();
    silent(app);
    app.use(expressCancellation({ token: shutdown }));
    app.use((request, _response, next) => {
      early.resolve(request.cancellation.signal);
      if (request.path === '/orders/1') entered.resolve();
      else next();
    });
    app.get('/orders/:id', async () => {
      entered.resolve();
      await untilCancelled();
    });
    const origin = await listenInTest(app);

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    shutdown.cancel('shutdown');

    expect((await answer).status).toBe(503);
    expect(isCancelled((await early.promise).reason, 'shutdown')).toBe(true);
  });

  test('XR5: a handler that tells next of its cancel is answered by it, once', async () => {
    const clock = virtualClock();
    const recorded = record();
    const entered = deferred();
    const app = express();
    silent(app);
    app.use(expressCancellation({ timeoutMs: 500, clock }));
    app.get('/orders/:id', (request, _response, next) => {
      const { signal } = request.cancellation;
      signal.addEventListener('abort', () => next(signal.reason));
      entered.resolve();
    });
    const origin = await listenInTest(app);

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(500);

    expect((await answer).status).toBe(504);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('an error that is no cancel stays what it is', async () => {
    const recorded = record();
    const seen = deferred<unknown>();
    const boom = new Error('boom');
    const origin = await appWith({}, (app) => {
      app.get('/orders/:id', (_request, _response, next) => next(boom));
      app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
        seen.resolve(error);
        response.status(500).end();
      });
    });

    await fetch(`${origin}/orders/42`);

    expect(await seen.promise).toBe(boom);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed', error: boom }]);
  });
});

function cancelled(reason: 'shutdown'): CancellationToken {
  const token = new CancellationToken({ name: reason });
  token.cancel(reason);
  return token;
}
