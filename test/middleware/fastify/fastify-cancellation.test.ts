import { AsyncResource } from 'node:async_hooks';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { fastify } from 'fastify';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { currentScope, type Scope } from '../../../src/index.ts';
import { fastifyCancellation } from '../../../src/middleware/fastify/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { fastifyApp, listening } from '../../support/fastify-server.ts';
import { outcomes, scopesEnded } from '../../support/framework-contract.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const untilCancelled = async (): Promise<never> => (currentScope() as Scope).race(new Promise<never>(() => {}));

describe('V11: the scope is ambient', () => {
  test('in every hook and the handler, also behind a parsed body', async () => {
    const app = await fastifyApp();
    const seen: Record<string, string | undefined> = {};
    const see = (where: string): void => void (seen[where] = currentScope()?.name);
    app.addHook('onRequest', async () => see('onRequest'));
    const parsing = deferred();
    app.addHook('preParsing', async () => {
      see('preParsing');
      parsing.resolve();
    });
    app.addHook('preValidation', async () => see('preValidation'));
    app.addHook('preHandler', async () => see('preHandler'));
    app.addHook('preSerialization', async () => see('preSerialization'));
    app.addHook('onSend', async () => see('onSend'));
    app.post('/orders/:id', async () => {
      see('handler');
      return { ok: true };
    });
    const client = httpRequest({ port: await listening(app), host: '127.0.0.1', method: 'POST', path: '/orders/1' });
    client.setHeader('content-type', 'application/json');
    const over = scopesEnded(1);
    client.flushHeaders();
    await parsing.promise;
    client.end('{}');
    const [answer] = await once(client, 'response');
    answer.resume();
    await over;

    expect(answer.statusCode).toBe(200);
    expect(new Set(Object.values(seen))).toEqual(new Set(['post:/orders/{id}']));
    expect(Object.keys(seen)).toHaveLength(7);
  });

  test('in the handler behind a hook that goes on in a context of its own', async () => {
    const elsewhere = new AsyncResource('elsewhere');
    const app = await fastifyApp();
    app.addHook('preHandler', (_request, _reply, done) => elsewhere.runInAsyncScope(done));
    app.get('/x', async () => currentScope()?.name);
    const over = scopesEnded(1);

    const { body } = await app.inject('/x');
    await over;

    expect(body).toBe('get:/x');
  });

  test('in the not-found handler and the error handler', async () => {
    const app = await fastifyApp();
    const seen: unknown[] = [];
    app.setNotFoundHandler(async () => {
      seen.push(currentScope()?.name);
      throw new Error('bug');
    });
    app.setErrorHandler((_error, _request, reply) => {
      seen.push(currentScope()?.name);
      return reply.code(418).send('x');
    });
    const over = scopesEnded(1);

    const { statusCode } = await app.inject('/nowhere');
    await over;

    expect([statusCode, ...seen]).toEqual([418, 'get:_unrouted', 'get:_unrouted']);
  });
});

describe('V10: a client that leaves in the middle of its upload', () => {
  test('under Fastify’s own parser, which answers 400 to nobody: one disconnect (H1a), and the handler never runs', async () => {
    const recorded = record();
    const over = scopesEnded(1);
    const app = await fastifyApp();
    const entered = deferred();
    app.addHook('preParsing', async (_request, _reply, payload) => {
      payload.once('data', () => entered.resolve());
      return payload;
    });
    app.post('/orders/:id', () => expect.fail('ran'));
    const client = httpRequest({ port: await listening(app), host: '127.0.0.1', method: 'POST', path: '/orders/1' });
    client.on('error', () => {});
    client.setHeader('content-type', 'application/json');
    client.setHeader('content-length', 100);
    client.write('{"half":');
    await entered.promise;

    client.destroy();
    await over;

    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'POST', phase: 'before_headers' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
  });
});

describe('options of a route', () => {
  test('are its `config.cancellation`, over `forRoute` and the plugin’s', async () => {
    const app = await fastifyApp({ timeoutMs: 1, forRoute: () => ({ timeoutMs: 2 }), clock: virtualClock() });
    const handler = async (): Promise<number | undefined> => currentScope()?.remainingMs;
    app.get('/as-told', handler);
    app.get('/own', { config: { cancellation: { timeoutMs: 3 } } }, handler);
    const over = scopesEnded(2);

    const answers = [await app.inject('/as-told'), await app.inject('/own')];
    await over;

    expect(answers.map(({ body }) => body)).toEqual(['2', '3']);
  });

  test('are checked when it is added', async () => {
    const app = await fastifyApp();

    expect(() => app.get('/x', { config: { cancellation: { timeoutMs: Number.NaN } } }, async () => 1)).toThrow(
      expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'timeoutMs' }),
    );
  });

  test('and the plugin’s own, when it is registered', async () => {
    const app = fastify();

    const error = await caught(app.register(fastifyCancellation, { graceMs: Number.NaN }).ready());

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'graceMs' });
  });
});

describe('as a plugin', () => {
  test('`inject` works, and cancels nothing (H2)', async () => {
    const recorded = record();
    const app = await fastifyApp();
    app.post('/orders/:id', async (request) => request.body);
    const over = scopesEnded(2);

    const answers = [
      await app.inject({ method: 'POST', url: '/orders/1', payload: { a: 1 } }),
      await app.inject('/nowhere'),
    ];
    await over;

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 404]);
    expect(outcomes(recorded)).toEqual(['completed', 'completed']);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });

  test('it is for all routes of its instance and of those inside, and for no others', async () => {
    const recorded = record();
    const app = fastify();
    onTestFinished(async () => app.close());
    app.get('/outside', async () => 'x');
    await app.register(async (inner) => {
      await inner.register(fastifyCancellation);
      inner.get('/inside', async () => 'x');
      await inner.register(async (innermost) => void innermost.get('/innermost', async () => 'x'));
    });
    const over = scopesEnded(2);

    for (const path of ['/outside', '/inside', '/innermost']) await app.inject(path);
    await over;

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['get:/inside', 'get:/innermost']);
  });

  test('HEAD of a route has its name, too', async () => {
    const recorded = record();
    const app = await fastifyApp();
    app.get('/orders/:id', async () => 'x');
    const over = scopesEnded(1);

    await app.inject({ method: 'HEAD', url: '/orders/1' });
    await over;

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['head:/orders/{id}']);
  });

  test('a route that comes after it is no cause for a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const app = await fastifyApp();
    app.get('/orders/:id', async () => 'x');

    await app.inject('/orders/1');
    await app.inject({ method: 'HEAD', url: '/orders/2' });

    expect(warn).not.toHaveBeenCalled();
  });

  test('a route that was there before it is cancelled and answered, with a warning', async () => {
    const warned = once(process, 'warning') as Promise<[Error & { code?: string }]>;
    const clock = virtualClock();
    const app = fastify();
    onTestFinished(async () => app.close());
    const entered = deferred();
    app.get('/early', async () => {
      entered.resolve();
      return untilCancelled();
    });
    await app.register(fastifyCancellation, { clock, timeoutMs: 10 });
    const over = scopesEnded(1);
    const answer = app.inject('/early');
    await entered.promise;

    await clock.advance(10);
    const { statusCode } = await answer;
    const [warning] = await warned;
    await over;

    expect(statusCode).toBe(504);
    expect(warning.code).toBe('CANCELSCOPE_ROUTE_MISSED');
    expect(warning.message).toContain('GET /early');
  });
});
