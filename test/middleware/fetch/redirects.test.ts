import { describe, expect, test } from 'vitest';
import { cancelScope } from '../../../src/index.ts';
import { cancellableFetch, type FetchOptions } from '../../../src/middleware/fetch/index.ts';
import { BUDGET_HEADER } from '../../../src/middleware/http/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { type OutgoingServer, serveCalls } from '../../support/outgoing-server.ts';

guardLeaks();
guardUnhandled();

/** What arrived somewhere. */
interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A server that sends `/to?{status}&{url}` on, and answers anything else with what arrived. */
function redirecting(host?: string): Promise<OutgoingServer> {
  return serveCalls((request, response) => {
    const [, status, location] = /^\/to\?(\d+)&(.*)$/.exec(request.url ?? '') ?? [];
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (status !== undefined)
        return response.writeHead(Number(status), { location: decodeURIComponent(location ?? '') }).end();
      const { method, url, headers } = request;
      return response.end(JSON.stringify({ method, url, headers, body } satisfies Arrived));
    });
  }, host);
}

const LISTED: FetchOptions = { budget: { hosts: ['127.0.0.1'] } };

/** The same call by plain `fetch` and by ours, which sends a budget of 5,000 ms. */
async function both(
  url: string,
  init?: RequestInit,
): Promise<{ plain: Response; ours: Response; arrived: [Arrived, Arrived] }> {
  const plain = await fetch(url, init);
  const ours = await cancelScope('report', { timeoutMs: 5_000, clock: virtualClock() }, async () =>
    cancellableFetch(LISTED)(url, init),
  );
  return { plain, ours, arrived: [(await plain.clone().json()) as Arrived, (await ours.clone().json()) as Arrived] };
}

const to = (from: OutgoingServer, status: number, target: string): string =>
  `${from.url}/to?${status}&${encodeURIComponent(target)}`;

describe('a call that carries a budget, when it is redirected (C30)', () => {
  test('tells a host that is not listed nothing', async () => {
    const [listed, other] = [await redirecting(), await redirecting('localhost')];

    const { arrived } = await both(to(listed, 302, `${other.url}/there`));

    expect(arrived[1].headers[BUDGET_HEADER]).toBeUndefined();
    expect(arrived[1]).toEqual(arrived[0]);
  });

  test("tells it nothing of a budget of the caller's either", async () => {
    const [listed, other] = [await redirecting(), await redirecting('localhost')];

    const { arrived } = await both(to(listed, 307, `${other.url}/there`), { headers: { [BUDGET_HEADER]: '30' } });

    expect(arrived[0].headers[BUDGET_HEADER]).toBe('30'); // plain fetch takes it along
    expect(arrived[1].headers[BUDGET_HEADER]).toBeUndefined();
  });

  test('tells a listed host what is left then', async () => {
    const clock = virtualClock();
    const [first, second] = [await redirecting(), await redirecting()];
    const slow: typeof fetch = async (...given) => {
      await clock.advance(100);
      return fetch(...given);
    };

    const arrived = await cancelScope('report', { timeoutMs: 5_000, clock }, async () => {
      const response = await cancellableFetch({ ...LISTED, fetch: slow })(to(first, 302, second.url));
      return (await response.json()) as Arrived;
    });

    expect(arrived.headers[BUDGET_HEADER]).toBe('4900');
  });
});

describe('a redirect is followed as fetch follows it (C31)', () => {
  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].map((method) => [status, method] as const),
  );

  test.each(cases)('%i after %s', async (status, method) => {
    const [here, there] = [await redirecting(), await redirecting('localhost')];
    const body = method === 'POST' || method === 'PUT' ? { body: 'text' } : {};
    const headers = { authorization: 'secret', cookie: 'a=b', 'x-a': '1' };

    for (const target of [`${here.url}/same#part`, `${there.url}/other`]) {
      const url = to(here, status, target);
      const plain = await fetch(url, { method, headers, ...body });
      const ours = await cancelScope('report', { timeoutMs: 60_000 }, () =>
        cancellableFetch(LISTED)(url, { method, headers, ...body }),
      );
      const [expected, actual] = [await plain.text(), await ours.text()];

      expect([ours.url, ours.redirected, ours.status]).toEqual([plain.url, plain.redirected, plain.status]);
      expect(withoutBudget(actual)).toEqual(withoutBudget(expected));
    }
  });

  test.each([
    ['that leads nowhere', 'http://'],
    ['to another scheme', 'ftp://127.0.0.1/'],
    ['to a name and password elsewhere', 'http://a:b@localhost:1/'],
  ])('one %s is refused like there', async (_, target) => {
    const here = await redirecting();
    const url = to(here, 302, target);

    const plain = (await caught(fetch(url))) as Error;
    const ours = (await caught(
      cancelScope('report', { timeoutMs: 60_000 }, () => cancellableFetch(LISTED)(url)),
    )) as Error;

    expect([ours.name, ours.message]).toEqual([plain.name, plain.message]);
  });

  test('twenty are followed, and not one more', async () => {
    const server = await serveCalls((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    const call = (count: number): Promise<string> =>
      cancelScope('report', { timeoutMs: 60_000 }, async () =>
        (await cancellableFetch(LISTED)(`${server.url}/${count}`)).text(),
      );

    expect(await call(20)).toBe('there');
    expect(await caught(call(21))).toMatchObject({
      message: 'fetch failed',
      cause: { message: 'redirect count exceeded' },
    });
    expect(await caught(fetch(`${server.url}/21`))).toMatchObject({ message: 'fetch failed' });
  });

  test('a stream is not sent again', async () => {
    const here = await redirecting();
    const url = to(here, 307, here.url);
    const streamed = (): RequestInit => ({ method: 'POST', body: new Blob(['text']).stream(), duplex: 'half' });

    const plain = (await caught(fetch(url, streamed()))) as Error;
    const ours = (await caught(
      cancelScope('report', { timeoutMs: 60_000 }, () => cancellableFetch(LISTED)(url, streamed())),
    )) as Error;

    expect([ours.name, ours.message]).toEqual([plain.name, plain.message]);
  });

  test.each(['manual', 'error'] as const)('%s is left to fetch', async (redirect) => {
    const here = await redirecting();
    const url = to(here, 302, here.url);
    const ended = (call: Promise<Response>): Promise<unknown> =>
      call.then(
        async (response) => [response.status, response.redirected, await response.text()],
        (error: Error) => [error.name, error.message],
      );

    const ours = cancelScope('report', { timeoutMs: 60_000 }, () => cancellableFetch(LISTED)(url, { redirect }));

    expect(await ended(ours)).toEqual(await ended(fetch(url, { redirect })));
  });
});

/** What arrived, but for the header that only we send; null for no body. */
function withoutBudget(text: string): unknown {
  if (text === '') return null;
  const { headers, ...rest } = JSON.parse(text) as Arrived;
  return { ...rest, headers: { ...headers, [BUDGET_HEADER]: undefined } };
}
