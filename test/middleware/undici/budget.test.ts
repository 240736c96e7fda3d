import { describe, expect, test } from 'vitest';
import { fetch as undiciFetch, interceptors } from 'undici';
import { cancelScope, systemClock } from '../../../src/token/index.ts';
import { BUDGET_HEADER, readBudget } from '../../../src/middleware/http/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { agentWith, type Options } from './dispatchers.ts';

guardLeaks();
guardUnhandled();

describe('the budget header', () => {
  const LISTED: Options = { budget: { hosts: ['127.0.0.1'] } };

  test('never grows over five hops (H5)', async () => {
    const received: number[] = [];
    const dispatcher = agentWith(LISTED);
    const call = async (url: string): Promise<string> =>
      (await dispatcher.request({ origin: url, path: '/', method: 'GET' })).body.text();
    let next = '';
    for (let hop = 0; hop < 5; hop++) {
      const to = next;
      const server = await serveCalls((request, response) => {
        const budget = readBudget(request.headers[BUDGET_HEADER]) ?? Infinity;
        received.push(budget);
        void cancelScope('hop', { deadline: systemClock.now() + budget }, async (scope) => {
          await scope.checkpoint();
          response.end(to === '' ? 'end' : await call(to));
        });
      });
      next = server.url;
    }

    await cancelScope('client', { timeoutMs: 30_000 }, () => call(next));

    expect(received).toHaveLength(5);
    expect(received[0]).toBeLessThanOrEqual(30_000);
    expect(received[4]).toBeGreaterThan(20_000);
    expect(received).toEqual([...received].sort((a, b) => b - a));
  });

  test('goes to listed hosts only, on each redirect anew', async () => {
    const told: unknown[] = [];
    const other = await serveCalls((request, response) => {
      told.push(request.headers[BUDGET_HEADER]);
      response.end();
    }, 'localhost');
    const listed = await serveCalls((request, response) => {
      told.push(request.headers[BUDGET_HEADER]);
      response.writeHead(302, { location: other.url }).end();
    });
    const dispatcher = agentWith(LISTED, interceptors.redirect({ maxRedirections: 3 }));
    const request = { origin: listed.url, path: '/', method: 'GET' } as const;

    await cancelScope('report', { timeoutMs: 5_000, clock: virtualClock() }, async () => {
      await (await dispatcher.request(request)).body.dump();
      await (await undiciFetch(listed.url, { dispatcher })).text();
    });

    expect(told).toEqual(['5000', undefined, '5000', undefined]);
  });

  test.each([
    ['an object', { 'X-Request-Budget-Ms': '300', a: 'b' }],
    ['names and values', ['a', 'b', 'x-request-budget-ms', '300']],
    [
      'pairs',
      new Map([
        ['a', 'b'],
        ['x-request-budget-ms', '300'],
      ]),
    ],
  ])("is the caller's where that is smaller, in headers that are %s (H5)", async (_, headers) => {
    const server = await serveCalls((request, response) => {
      response.end(`${String(request.headers['a'])} ${String(request.headers[BUDGET_HEADER])}`);
    });
    const dispatcher = agentWith(LISTED);
    const told = (timeoutMs: number): Promise<string> =>
      cancelScope('report', { timeoutMs, clock: virtualClock() }, async () => {
        const { body } = await dispatcher.request({ origin: server.url, path: '/', method: 'GET', headers });
        return body.text();
      });

    expect([await told(5_000), await told(200)]).toEqual(['b 300', 'b 200']);
  });
});
