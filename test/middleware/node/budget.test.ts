import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cancelScope, systemClock } from '../../../src/token/index.ts';
import { BUDGET_HEADER, readBudget } from '../../../src/middleware/http/index.ts';
import { cancellableRequest } from '../../../src/middleware/node/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';

guardLeaks();
guardUnhandled();

type Options = Parameters<typeof cancellableRequest>[1];

describe('the budget header', () => {
  const LISTED: Options = { budget: { hosts: ['127.0.0.1'] } };
  const get = cancellableRequest(http.get, LISTED);
  const call = async (...given: Parameters<typeof http.get>): Promise<string> => {
    const [response] = (await once(get(...given), 'response')) as [IncomingMessage];
    return text(response);
  };

  test('never grows over five hops (H5)', async () => {
    const received: number[] = [];
    let next = '';
    for (let hop = 0; hop < 5; hop++) {
      const to = next;
      const server = await serveCalls((request, response) => {
        const budget = readBudget(request.headers[BUDGET_HEADER]) ?? Infinity;
        received.push(budget);
        void cancelScope('hop', { deadline: systemClock.now() + budget }, async (scope) => {
          await scope.checkpoint();
          response.end(to === '' ? 'end' : await call(to, { agent: false }));
        });
      });
      next = server.url;
    }

    const answer = await cancelScope('client', { timeoutMs: 30_000 }, () => call(next, { agent: false }));

    expect(answer).toBe('end');
    expect(received).toHaveLength(5);
    expect(received[0]).toBeLessThanOrEqual(30_000);
    expect(received[4]).toBeGreaterThan(20_000);
    expect(received).toEqual([...received].sort((a, b) => b - a));
  });

  test.each([
    ['a URL', (url: URL) => [url, { agent: false }], '5000'],
    ['its text', (url: URL) => [url.href, { agent: false }], '5000'],
    ['options', ({ hostname, port }: URL) => [{ hostname, port, agent: false }], '5000'],
    ['host and port', ({ hostname, port }: URL) => [{ host: hostname, port, agent: false }], '5000'],
    ['a smaller one of the caller', (url: URL) => [url, { agent: false, headers: { [BUDGET_HEADER]: '30' } }], '30'],
    ['a larger one', (url: URL) => [url, { agent: false, headers: { 'X-Request-Budget-Ms': 9_000 } }], '5000'],
    ['headers in turn', (url: URL) => [url, { agent: false, headers: ['host', 'a', BUDGET_HEADER, '9000'] }], '5000'],
    ['another host', ({ port }: URL) => [{ host: 'localhost', port, agent: false }], 'undefined'],
  ] as const)('goes to listed hosts only, and is the smaller of two: %s (H5)', async (_, make, expected) => {
    const server = await serveCalls((request, response) => void response.end(String(request.headers[BUDGET_HEADER])));

    const told = await cancelScope('report', { timeoutMs: 5_000, clock: virtualClock() }, () =>
      call(...(make(new URL(server.url)) as unknown as Parameters<typeof http.get>)),
    );

    expect(told).toBe(expected);
  });
});
