import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, systemClock } from '../../../src/token/index.ts';
import { cancellableFetch, type FetchOptions } from '../../../src/middleware/fetch/index.ts';
import { BUDGET_HEADER, readBudget } from '../../../src/middleware/http/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { type OutgoingServer, serveCalls } from '../../support/outgoing-server.ts';

guardLeaks();
guardUnhandled();

const LISTED: FetchOptions = { budget: { hosts: ['127.0.0.1'] } };

/** A server that answers with the budget it was told of. */
const echo = (host?: string): Promise<OutgoingServer> =>
  serveCalls((request, response) => void response.end(String(request.headers[BUDGET_HEADER] ?? 'none')), host);

/** What a server is told by a call in a scope with 5,000 ms left. */
function told(
  url: string,
  init?: RequestInit | Request,
  options: FetchOptions = LISTED,
  timeoutMs = 5_000,
): Promise<string> {
  return cancelScope('report', { timeoutMs, clock: virtualClock() }, async () => {
    const response = await cancellableFetch(options)(url, init);
    return response.text();
  });
}

describe('the budget header', () => {
  test('never grows over five hops, each of which makes it its deadline, and one of which asks for more (H5)', async () => {
    const received: number[] = [];
    const leftWhenSent: number[] = [];
    let next = '';
    for (let hop = 0; hop < 5; hop++) {
      const to = next;
      const server = await serveCalls((request, response) => {
        const budget = readBudget(request.headers[BUDGET_HEADER]) ?? Infinity;
        received.push(budget);
        void cancelScope('hop', { deadline: systemClock.now() + budget }, async (scope) => {
          await scope.checkpoint();
          leftWhenSent.push(Math.floor(scope.remainingMs));
          const headers = hop === 2 ? { [BUDGET_HEADER]: '999999' } : {};
          const answer = to === '' ? 'end' : await (await cancellableFetch(LISTED)(to, { headers })).text();
          response.end(answer);
        });
      });
      next = server.url;
    }

    const answer = await cancelScope('client', { timeoutMs: 30_000 }, async (scope) => {
      leftWhenSent.push(Math.floor(scope.remainingMs));
      return (await cancellableFetch(LISTED)(next)).text();
    });

    expect(answer).toBe('end');
    expect(received).toHaveLength(5);
    for (const [hop, budget] of received.entries()) {
      expect(budget, `hop ${hop} of ${received.join()}`).toBeLessThanOrEqual(leftWhenSent[hop] as number);
      expect(budget).toBeGreaterThan(20_000);
    }
    expect(received).toEqual([...received].sort((a, b) => b - a));
  });

  test('is not sent to hosts that are not listed, nor where nothing is (H5)', async () => {
    const server = await echo('localhost');

    expect([await told(server.url), await told(server.url, {}, {})]).toEqual(['none', 'none']);
  });

  test('is not sent where there is no end of time', async () => {
    const server = await echo();

    expect(await told(server.url, {}, LISTED, Infinity)).toBe('none');
  });

  test("counts the call's own timeout, which is the smaller", async () => {
    const server = await echo();

    expect(await told(server.url, {}, { ...LISTED, timeoutMs: 700 })).toBe('700');
  });

  test('has the name that is chosen', async () => {
    const server = await serveCalls((request, response) => void response.end(String(request.headers['x-left'])));

    expect(await told(server.url, {}, { budget: { hosts: ['127.0.0.1'], header: 'X-Left' } })).toBe('5000');
  });

  test.each([
    ['a smaller one of the caller', '300', '300'],
    ['a larger one of the caller', '9000', '5000'],
    ['what is no budget', 'soon', '5000'],
  ])('is the smaller of two: %s (H5)', async (_, given, expected) => {
    const server = await echo();
    const headers = { [BUDGET_HEADER]: given };

    expect(await told(server.url, { headers })).toBe(expected);
    expect(await told(server.url, new Request(server.url, { headers }))).toBe(expected);
  });
});

describe('what the caller passed (C14)', () => {
  test('is not touched', async () => {
    const server = await echo();
    const headers = new Headers({ a: 'b' });
    const init = Object.freeze({ headers, method: 'POST' });

    await told(server.url, init);

    expect([...headers]).toEqual([['a', 'b']]);
  });

  test.each([
    ['two arguments', (url: string) => [url, { method: 'PUT', body: 'text', headers: { 'x-a': '1' } }] as const],
    ['a URL', (url: string) => [new URL(url), { method: 'PUT', body: 'text', headers: { 'x-a': '1' } }] as const],
    [
      'a Request',
      (url: string) => [new Request(url, { method: 'PUT', body: 'text', headers: { 'x-a': '1' } })] as const,
    ],
    [
      'a Request as init',
      (url: string) => [url, new Request(url, { method: 'PUT', body: 'text', headers: { 'x-a': '1' } })] as const,
    ],
    [
      'an init that inherits',
      (url: string) =>
        [url, Object.create({ method: 'PUT', body: 'text', headers: { 'x-a': '1' } }) as RequestInit] as const,
    ],
  ])('arrives: %s', async (_, make) => {
    const server = await serveCalls((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => response.end([request.method, request.headers['x-a'], body].join()));
    });
    const call = async (options: FetchOptions): Promise<string> => {
      const [input, init] = make(server.url);
      return (await cancellableFetch(options)(input, init)).text();
    };

    const texts = await cancelScope('report', { timeoutMs: 60_000 }, () => Promise.all([call({}), call(LISTED)]));

    expect(texts).toEqual(['PUT,1,text', 'PUT,1,text']);
  });
});

test('the scope of a call is in the ambient one, and ends with the headers (C15)', async () => {
  let within: string | undefined;
  const scopes = await cancelScope('report', async (outer) => {
    const response = await cancellableFetch({
      name: ({ method, host, path }) => `${method} ${host.replace(/:\d+/, '')}${path}`,
      fetch: () => {
        within = `${currentScope()?.name} in ${currentScope()?.parent?.name}`;
        return Promise.resolve(new Response('body'));
      },
    })('http://api.internal:8080/a?b=1', { method: 'post' });
    const after = currentScope() === outer;
    return [after, await response.text()];
  });

  expect(within).toBe('POST api.internal/a?b=1 in report');
  expect(scopes).toEqual([true, 'body']);
});
