import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { currentScope, isCancelled, type Scope } from '../../../src/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { disconnectClient } from '../../support/disconnect-client.ts';
import { fastifyApp, listening, logLines } from '../../support/fastify-server.ts';
import { outcomes, scopesEnded } from '../../support/framework-contract.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { ask } from '../../support/http-answer.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const untilCancelled = async (): Promise<never> => (currentScope() as Scope).race(new Promise<never>(() => {}));

describe('V12: a handler that outlasts its grace', () => {
  test.each(['returns', 'throws'])('and then %s: nothing more is logged than the 504', async (later) => {
    const { logger, lines } = logLines();
    const clock = virtualClock();
    const app = await fastifyApp({ clock, timeoutMs: 10, graceMs: 20 }, { logger });
    const [entered, goOn] = [deferred(), deferred()];
    app.get('/x', async () => {
      entered.resolve();
      await goOn.promise;
      if (later === 'throws') throw new Error('late');
      return 'late';
    });
    const over = scopesEnded(1);
    const answer = app.inject('/x');
    await entered.promise;
    await clock.advance(30);
    const { statusCode } = await answer;
    await over;
    const before = lines().length;

    goOn.resolve();
    await loopTurn();
    await loopTurn();

    expect(statusCode).toBe(504);
    expect(lines().slice(before)).toEqual([]);
  });

  test('on a hijacked reply is answered, too', async () => {
    const clock = virtualClock();
    const app = await fastifyApp({ clock, timeoutMs: 10, graceMs: 20 });
    const [entered, goOn] = [deferred(), deferred()];
    app.get('/x', async (_request, reply) => {
      reply.hijack();
      entered.resolve();
      await goOn.promise;
    });
    const over = scopesEnded(1);
    const answer = ask(await listening(app), '/x');
    await entered.promise;

    await clock.advance(30);
    const { status } = await answer;
    await over;
    goOn.resolve();

    expect(status).toBe(504);
    await loopTurn();
  });

  test('or that answers by callback is answered for', async () => {
    const recorded = record();
    const clock = virtualClock();
    const app = await fastifyApp({ clock, timeoutMs: 10, graceMs: 20 });
    const entered = deferred();
    app.get('/x', () => entered.resolve()); // and `reply.send` never comes
    const over = scopesEnded(1);
    const answer = app.inject('/x');
    await entered.promise;

    await clock.advance(30);
    const { statusCode } = await answer;
    await over;
    await loopTurn();

    expect(statusCode).toBe(504);
    expect(outcomes(recorded)).toEqual(['abandoned']);
  });
});

describe('V13: Fastify’s own', () => {
  test('`handlerTimeout` cancels with `timeout`, and Fastify answers', async () => {
    const recorded = record();
    const app = await fastifyApp();
    app.get('/x', { handlerTimeout: 5 }, untilCancelled);
    const over = scopesEnded(1);

    const { statusCode } = await app.inject('/x');
    await over;

    expect(statusCode).toBe(503);
    expect(recorded.of('cancelRequested').map(({ reason, result }) => `${reason} ${result}`)).toEqual([
      'timeout accepted',
    ]);
    expect(outcomes(recorded)).toEqual(['cancelled']);
  });

  test('`request.signal` that aborts because a body was read cancels nothing', async () => {
    const recorded = record();
    const app = await fastifyApp();
    let aborted: boolean | undefined;
    app.post('/x', { handlerTimeout: 60_000 }, async (request) => {
      if (!request.raw.closed) await once(request.raw, 'close');
      aborted = request.signal.aborted;
      return { cancelled: currentScope()?.isCancelled };
    });
    const over = scopesEnded(1);
    const port = await listening(app);
    const answer = await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body: 'hello' });
    const body = await answer.json();
    await over;

    expect([aborted, body]).toEqual([true, { cancelled: false }]);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });
});

describe('errors', () => {
  test('a hook’s that are the request’s cancel are answered by H6, too', async () => {
    const clock = virtualClock();
    const app = await fastifyApp({ clock, timeoutMs: 10 });
    const entered = deferred();
    app.addHook('preHandler', async () => {
      entered.resolve();
      await untilCancelled();
    });
    app.get('/x', () => expect.fail('ran'));
    const over = scopesEnded(1);
    const answer = app.inject('/x');
    await entered.promise;

    await clock.advance(10);
    const { statusCode } = await answer;
    await over;

    expect(statusCode).toBe(504);
  });

  test('come to an error handler of the service’s own with their status, and are cancels', async () => {
    const app = await fastifyApp();
    const seen: unknown[] = [];
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      seen.push(error.statusCode, isCancelled(error, 'shutdown'));
      return reply.code(418).send('teapot');
    });
    app.get('/x', async (request) => {
      request.cancellation.scope?.cancel('shutdown');
      request.cancellation.token.throwIfCancelled();
    });
    const over = scopesEnded(1);

    const { statusCode } = await app.inject('/x');
    await over;

    expect([statusCode, ...seen]).toEqual([418, 503, true]);
  });

  test('are those of a client that left at most an `info` in the log', async () => {
    const { logger, lines } = logLines();
    const over = scopesEnded(1);
    const app = await fastifyApp({}, { logger });
    const entered = deferred();
    app.get('/x', async () => {
      entered.resolve();
      return untilCancelled();
    });
    const client = disconnectClient(1, await listening(app), 'GET', '/x');
    client.finish();
    await entered.promise;

    client.leave();
    await over;
    await loopTurn();

    expect(lines().map(({ level }) => level)).toEqual(lines().map(() => 30));
    expect(lines().map(({ res }) => (res as { statusCode?: number } | undefined)?.statusCode)).toContain(499);
  });
});
