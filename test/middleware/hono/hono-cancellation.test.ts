import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { stream, streamSSE } from 'hono/streaming';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { currentScope, isCancelled, type Scope } from '../../../src/index.ts';
import { cancelledResponse, honoCancellation } from '../../../src/middleware/hono/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { disconnectClient } from '../../support/disconnect-client.ts';
import { outcomes, scopesEnded } from '../../support/framework-contract.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { honoApp, type NodeHono, serveHono } from '../../support/hono-server.ts';
import { ask } from '../../support/http-answer.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const untilCancelled = async (): Promise<never> => (currentScope() as Scope).race(new Promise<never>(() => {}));

/** What is logged to the console as an error until the test is over. */
function consoleErrors(): unknown[][] {
  const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return spy.mock.calls;
}

describe('V18: without a server of Node’s', () => {
  test('`app.request` works, and cancels nothing (H2)', async () => {
    const recorded = record();
    const app = new Hono().use(honoCancellation()).post('/orders/:id', async (c) => c.json(await c.req.json()));

    const response = await app.request('/orders/1', { method: 'POST', body: '{"a":1}' });

    expect([response.status, await response.json()]).toEqual([200, { a: 1 }]);
    await loopTurn();
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });

  test('the client is gone when the request’s signal says so', async () => {
    const recorded = record();
    const client = new AbortController();
    const entered = deferred();
    const app = honoApp().get('/x', async () => {
      entered.resolve();
      return untilCancelled();
    });
    const answer = app.request('/x', { signal: client.signal });
    await entered.promise;

    client.abort();
    const { status } = await answer;
    await loopTurn();

    expect(status).toBe(499);
    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
  });

  test('a budget of nothing runs no handler', async () => {
    const app = new Hono().use(honoCancellation({ timeoutMs: 0 })).get('/x', () => expect.fail('ran'));

    expect((await app.request('/x')).status).toBe(504);
  });
});

describe('V17, V19: Hono’s own error handler', () => {
  test('answers a request that is given up by H6, and logs nothing', async () => {
    const logged = consoleErrors();
    const clock = virtualClock();
    const [entered, goOn] = [deferred(), deferred()];
    const app: NodeHono = new Hono();
    app.use(honoCancellation({ clock, timeoutMs: 10, graceMs: 20 }));
    app.get('/x', async (c) => {
      entered.resolve();
      await goOn.promise;
      return c.text('late');
    });
    const over = scopesEnded(1);
    const answer = ask((await serveHono(app)).port, '/x');
    await entered.promise;

    await clock.advance(30);
    const { status, body } = await answer;
    await over;
    goOn.resolve();
    await loopTurn();

    expect([status, body, logged]).toEqual([504, 'Gateway Timeout', []]);
  });

  test('has its 500 corrected for a handler that stopped', async () => {
    consoleErrors();
    const app = new Hono().use(honoCancellation());
    app.get('/x', async (c) => {
      c.var.cancellation.scope?.cancel('shutdown');
      return untilCancelled();
    });

    const response = await app.request('/x');

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
  });

  test.each([
    [500, 504],
    [418, 418],
  ])('one of the service’s own that answers %i: %i', async (chosen, status) => {
    const seen: unknown[] = [];
    const app = new Hono().use(honoCancellation());
    app.onError((error, c) => {
      seen.push(isCancelled(error, 'timeout'), cancelledResponse(error, c)?.status);
      return c.text('mine', chosen as 500);
    });
    app.get('/x', async (c) => {
      c.var.cancellation.scope?.cancel('timeout');
      return untilCancelled();
    });

    const response = await app.request('/x');

    expect([response.status, ...seen]).toEqual([status, true, 504]);
  });

  test('`cancelledResponse` knows no other errors', async () => {
    const seen: unknown[] = [];
    const app = new Hono().use(honoCancellation());
    app.onError((error, c) => {
      seen.push(cancelledResponse(error, c));
      return c.text('mine', 500);
    });
    app.get('/x', () => {
      throw new Error('bug');
    });

    expect((await app.request('/x')).status).toBe(500);
    expect(seen).toEqual([undefined]);
  });
});

/** Starts `handler` at `/x`, and a client that asks for it. */
async function visit(handler: (c: Context<{ Bindings: HttpBindings }>) => Response | Promise<Response>) {
  const recorded = record();
  const logged = consoleErrors();
  const over = scopesEnded(1);
  const app = honoApp().get('/x', handler);
  const client = disconnectClient(1, (await serveHono(app)).port, 'GET', '/x');
  client.finish();
  return { client, over, recorded, logged };
}

describe('a client that leaves', () => {
  test.each(['streamSSE', 'stream'])('ends a %s: one disconnect, and it is told', async (kind) => {
    const told = deferred();
    const { client, over, recorded, logged } = await visit((c) =>
      kind === 'stream'
        ? stream(c, async (out) => {
            out.onAbort(() => told.resolve());
            await out.write('first part');
            await untilCancelled().catch(() => {});
          })
        : streamSSE(c, async (out) => {
            out.onAbort(() => told.resolve());
            await out.writeSSE({ data: 'first part' });
            await untilCancelled().catch(() => {});
          }),
    );
    await client.firstPart;

    client.leave();
    await Promise.all([over, told.promise]);

    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'GET', phase: 'streaming' }]);
    expect(logged).toEqual([]);
  });

  test('V21: in the middle of an answer that a handler writes itself: nothing is answered or logged', async () => {
    const { client, over, recorded, logged } = await visit(async (c) => {
      c.env.outgoing.write('first part');
      await untilCancelled();
      return RESPONSE_ALREADY_SENT;
    });
    await client.firstPart;

    client.leave();
    await over;
    await loopTurn();

    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(logged).toEqual([]);
  });

  test('also where the handler has only Hono’s own signal, which rejects with a mere text', async () => {
    const entered = deferred();
    const { client, over, recorded, logged } = await visit(async (c) => {
      const { signal } = c.req.raw;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        entered.resolve();
      });
    });
    await entered.promise;

    client.leave();
    await over;
    await loopTurn();

    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(logged).toEqual([]);
  });
});

test('used twice on a request, it opens one scope', async () => {
  const recorded = record();
  const app = new Hono().use(honoCancellation()).use(honoCancellation({ timeoutMs: 0 }));
  app.get('/x', (c) => c.text('x'));

  expect((await app.request('/x')).status).toBe(200);
  await loopTurn();
  expect(recorded.of('scopeOpened')).toHaveLength(1);
});

test('refuses options that cannot be', () => {
  expect(() => honoCancellation({ onDisconnect: 'never' as never })).toThrow(
    expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'onDisconnect' }),
  );
});
