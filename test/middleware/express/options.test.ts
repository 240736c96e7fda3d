import { once } from 'node:events';
import type { Request, Response } from 'express';
import { describe, expect, test } from 'vitest';
import { currentScope, isCancelled } from '../../../src/index.ts';
import { expressCancellation, type ExpressCancellationOptions } from '../../../src/middleware/express/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { EXPRESS_MAJORS, listenInTest } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

describe.each(EXPRESS_MAJORS)('Express $major', ({ express }) => {
  describe('XR7: options further in override', () => {
    test('of a route, whether its own middleware or forRoute, and nothing is counted twice', async () => {
      const recorded = record();
      const deadlines: Record<string, number | undefined> = {};
      const app = express();
      const clock = virtualClock();
      const note = (request: Request, response: Response): void => {
        deadlines[request.path] = currentScope()?.remainingMs;
        response.end();
      };
      const longer = (route: string): { timeoutMs: number } | undefined =>
        route === 'get:/d' ? { timeoutMs: 4_000 } : undefined;
      app.use(expressCancellation({ timeoutMs: 1_000, clock, forRoute: longer }));
      app.get('/a', note);
      app.get('/b', expressCancellation({ timeoutMs: 2_000 }), note);
      app.use('/c', expressCancellation({ timeoutMs: 3_000 }), express.Router().get('/', note));
      app.get('/d', note);
      app
        .route('/e')
        .get(note)
        .post(expressCancellation({ timeoutMs: 5_000 }), note);
      const origin = await listenInTest(app);

      for (const path of ['/a', '/b', '/c', '/d', '/e']) await fetch(origin + path);

      expect(deadlines).toEqual({ '/a': 1_000, '/b': 2_000, '/': 3_000, '/d': 4_000, '/e': 1_000 });
      expect(recorded.of('scopeOpened')).toHaveLength(5);
    });

    test('of a route that is all there is, from its first request on', async () => {
      const app = express();
      const seen: unknown[] = [];
      app.get('/a/:id', expressCancellation({ timeoutMs: 2_000, clock: virtualClock() }), (_request, response) => {
        seen.push([currentScope()?.name, currentScope()?.remainingMs]);
        response.end();
      });
      const origin = await listenInTest(app);

      for (const path of ['/a/1', '/a/2']) await fetch(origin + path);

      expect(seen).toEqual([
        ['get:/a/{id}', 2_000],
        ['get:/a/{id}', 2_000],
      ]);
    });
  });

  describe('when the client goes away', () => {
    async function gone(
      options: ExpressCancellationOptions,
    ): Promise<{ work: () => Promise<unknown>; left: Promise<unknown> }> {
      const entered = deferred();
      const result = deferred<unknown>();
      const left = deferred<unknown>();
      const finish = deferred();
      const app = express();
      app.set('env', 'test');
      app.use(expressCancellation(options));
      app.get('/orders/:id', async (_request, response) => {
        const closed = once(response, 'close');
        entered.resolve();
        await closed;
        const scope = currentScope();
        setImmediate(() => left.resolve(undefined));
        try {
          result.resolve(await scope?.race(finish.promise.then(() => 'done')));
        } catch (error) {
          result.resolve(error);
          throw error;
        }
      });
      const origin = await listenInTest(app);
      const abort = new AbortController();
      fetch(`${origin}/orders/42`, { signal: abort.signal }).catch(() => {});
      await entered.promise;
      abort.abort();
      await left.promise;
      return {
        left: result.promise,
        work: () => {
          finish.resolve();
          return result.promise;
        },
      };
    }

    test('`detach`: the work goes on, and the disconnect counts', async () => {
      const recorded = record();
      const { work } = await gone({ onDisconnect: 'detach' });

      expect(await work()).toBe('done');
      await new Promise((resolve) => setImmediate(resolve));
      expect(recorded.of('clientDisconnected')).toHaveLength(1);
      expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined }]);
    });

    test('`{ afterMs }`: it has so long', async () => {
      const clock = virtualClock();
      const recorded = record();
      const { left } = await gone({ onDisconnect: { afterMs: 5_000 }, clock });
      expect(recorded.of('cancelRequested')).toEqual([]);

      await clock.advance(5_000);

      expect(isCancelled(await left, 'disconnect')).toBe(true);
      expect(recorded.of('clientDisconnected')).toHaveLength(1);
    });
  });

  test('options that cannot be what they are: told at once', () => {
    expect(() => expressCancellation({ timeoutMs: NaN })).toThrow(/timeoutMs/);
    expect(() => expressCancellation({ forRoute: 'x' as never })).toThrow(/forRoute/);
  });
});
