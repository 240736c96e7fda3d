import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { CancellationToken, type Scope } from '../../../src/index.ts';
import { answerCancelled, requestScope, type RequestScopeOptions } from '../../../src/middleware/node/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { serve } from '../../support/http-exchange.ts';
import { http2Exchange } from '../../support/http2-exchange.ts';
import { record } from '../../support/record.ts';

guardLeaks();

const forEver = (scope: Scope): Promise<never> => scope.race(new Promise<never>(() => {}));

/** The answer to a request whose scope has these options, and is answered by `answerCancelled` alone. */
async function answerTo(
  options: Partial<RequestScopeOptions>,
  headers: Readonly<Record<string, string>> = {},
  body: (scope: Scope) => Promise<unknown> = forEver,
): Promise<IncomingMessage> {
  const open = await serve((request, response) => {
    requestScope(request, response, { route: 'get:/slow', ...options }, body).catch((error: unknown) => {
      if (!answerCancelled(response, error)) response.writeHead(500).end();
    });
  });
  const client = open({ headers });
  client.end();
  const [answer] = (await once(client, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'close');
  return answer;
}

describe('H6 over HTTP/1.1', () => {
  test('the service’s own timeout is 504', async () => {
    expect((await answerTo({ timeoutMs: 1 })).statusCode).toBe(504);
  });

  test('the client’s own deadline is 408, if it is trusted', async () => {
    const headers = { 'x-request-budget-ms': '1' };

    expect((await answerTo({ budget: { trust: () => true } }, headers)).statusCode).toBe(408);
    expect((await answerTo({ budget: { trust: () => false }, timeoutMs: 20 }, headers)).statusCode).toBe(504);
  });

  test.each([
    ['sooner', 60_000, '1', 408],
    ['later', 1, '60000', 504],
  ])(
    'a client’s deadline that is %s than the request’s own: the earlier one ends it (H4)',
    async (_when, inMs, header, status) => {
      const deadline = new Date(Date.now() + inMs);

      const answer = await answerTo({ deadline, budget: { trust: () => true } }, { 'x-request-budget-ms': header });

      expect(answer.statusCode).toBe(status);
    },
  );

  test('a shutdown is 503, and the connection ends', async () => {
    const token = new CancellationToken();
    token.cancel('shutdown');

    const answer = await answerTo({ token });

    expect(answer.statusCode).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '1', connection: 'close' });
  });

  test('a handler that outlasts its grace is answered for', async () => {
    const work = deferred();

    const answer = await answerTo({ timeoutMs: 1, graceMs: 1 }, {}, () => work.promise);
    work.resolve();
    await new Promise((resolve) => setImmediate(resolve));

    expect(answer.statusCode).toBe(504);
  });

  test('what is no cancel is not answered', async () => {
    expect((await answerTo({}, {}, () => Promise.reject(new Error('bug')))).statusCode).toBe(500);
  });

  test('half an answer is cut, not made to look whole', async () => {
    const open = await serve((request, response) => {
      requestScope(request, response, { route: 'get:/half', timeoutMs: 1 }, (scope) => {
        response.write('half');
        return forEver(scope);
      }).catch((error: unknown) => answerCancelled(response, error));
    });
    const client = open();
    client.end();
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    answer.resume();

    expect(await caught(once(answer, 'end'))).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('H6 over HTTP/2', () => {
  test.each(['compatibility', 'core'] as const)('a shutdown is 503 by the %s API', async (api) => {
    const { client, exchange, ended } = await http2Exchange(api, 'GET', 'before headers', ({ scope }) =>
      forEver(scope),
    );
    client.resume();
    const answered = once(client, 'response');

    exchange.scope.cancel('shutdown');
    const done = answerCancelled(exchange.response ?? exchange.stream, await ended);
    const [headers] = await answered;

    expect(done).toBe(true);
    expect(headers).toMatchObject({ ':status': 503, 'retry-after': '1' });
    expect(headers).not.toHaveProperty('connection');
  });

  test.each(['compatibility', 'core'] as const)(
    'nobody is answered when the client is gone, by the %s API',
    async (api) => {
      const { client, exchange, ended } = await http2Exchange(api, 'GET', 'before headers', ({ scope }) =>
        forEver(scope),
      );

      client.close(constants.NGHTTP2_CANCEL);

      expect(answerCancelled(exchange.response ?? exchange.stream, await ended)).toBe(true);
    },
  );
});

test('the policy `detach` lets the work go on for a client that is gone', async () => {
  const recorded = record();
  const entered = deferred<Scope>();
  const left = deferred();
  const result = deferred<unknown>();
  const open = await serve((request, response) => {
    response.on('close', () => left.resolve());
    requestScope(request, response, { route: 'post:/jobs', onDisconnect: 'detach' }, async (scope) => {
      entered.resolve(scope);
      await left.promise;
      scope.throwIfCancelled();
      return 'kept';
    }).then(result.resolve, result.reject);
  });
  const client = open();
  client.end();
  await entered.promise;

  client.destroy();

  expect(await result.promise).toBe('kept');
  expect(recorded.of('clientDisconnected')).toHaveLength(1);
  expect(recorded.of('cancelRequested')).toEqual([]);
});
