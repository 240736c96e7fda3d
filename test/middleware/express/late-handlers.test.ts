import type { Express, NextFunction, Request, Response } from 'express';
import { describe, expect, test } from 'vitest';
import { isCancelled } from '../../../src/index.ts';
import { expressCancellation } from '../../../src/middleware/express/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { EXPRESS_MAJORS, listenInTest } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

describe.each(EXPRESS_MAJORS)('XR6: on Express $major, a handler that does not stop', ({ express }) => {
  /** Keeps Express from logging what it answers. */
  const silent = (app: Express): void => {
    app.set('env', 'test');
  };

  test('is answered for after its grace; its late answer does nothing, and it is seen as a zombie', async () => {
    const clock = virtualClock();
    const recorded = record();
    const entered = deferred();
    const late = deferred();
    const app = express();
    silent(app);
    app.use(expressCancellation({ timeoutMs: 500, graceMs: 100, clock }));
    app.get('/orders/:id', async (_request, response) => {
      entered.resolve();
      await late.promise;
      response.status(200).set('x-late', '1').json({ late: true });
      response.write('more');
      response.end();
    });
    const origin = await listenInTest(app);

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(600);
    const response = await answer;
    await response.text();
    expect(recorded.of('zombieDetected')).toHaveLength(1);
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));

    expect(response.status).toBe(504);
    expect(recorded.of('zombieEnded')).toMatchObject([{ result: 'returned' }]);
  });

  test('with callbacks, it cannot break the process by answering late, or by saying next', async () => {
    const clock = virtualClock();
    const entered = deferred<() => void>();
    const app = express();
    silent(app);
    app.use(expressCancellation({ timeoutMs: 500, graceMs: 100, clock }));
    app.get('/orders/:id', (_request, response, next) => {
      entered.resolve(() => {
        response.status(200).json({ late: true });
        next(new Error('late'));
        next();
      });
    });
    const next: unknown[] = [];
    app.use(() => void next.push('went on'));
    app.use((error: unknown, _request: Request, response: Response, done: NextFunction) => {
      next.push(error);
      expect(response.headersSent).toBe(false);
      done(error);
    });
    const origin = await listenInTest(app);

    const answer = fetch(`${origin}/orders/42`);
    const beLate = await entered.promise;
    await clock.advance(600);
    const response = await answer;
    await response.text();
    beLate();
    await new Promise((resolve) => setImmediate(resolve));

    expect(response.status).toBe(504);
    expect(next).toHaveLength(1);
  });

  test('and rejects late: nobody is told', async () => {
    const clock = virtualClock();
    const entered = deferred();
    const late = deferred();
    const errors: unknown[] = [];
    const app = express();
    silent(app);
    app.use(expressCancellation({ timeoutMs: 500, graceMs: 100, clock }));
    app.get('/orders/:id', async () => {
      entered.resolve();
      await late.promise;
      throw new Error('too late');
    });
    app.use((error: unknown, _request: Request, _response: Response, done: NextFunction) => {
      errors.push(error);
      done(error);
    });
    const origin = await listenInTest(app);

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(600);
    await answer;
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));

    expect(errors.map((error) => isCancelled(error, 'timeout'))).toEqual([true]);
  });

  test('and has answered in part: the answer is cut off, not ended as if it were whole', async () => {
    const clock = virtualClock();
    const entered = deferred();
    const late = deferred();
    const app = express();
    silent(app);
    app.use(expressCancellation({ timeoutMs: 500, graceMs: 100, clock }));
    app.get('/orders/:id', async (_request, response) => {
      response.write('first part');
      entered.resolve();
      await late.promise;
      response.end('rest');
    });
    const origin = await listenInTest(app);

    const response = await fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(600);

    await expect(response.text()).rejects.toThrow(/terminated/);
    late.resolve();
  });
});
