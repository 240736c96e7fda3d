import { Get, Post, Sse } from '@nestjs/common';
import { EMPTY, interval, map, NEVER, Observable, of, throwError } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { CancellationToken, currentScope } from '../../../src/index.ts';
import { Cancellation, CancellationInterceptor, RequestSignal } from '../../../src/middleware/nestjs/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { controller, loggedErrors, NEST_PLATFORMS, nestInTest } from '../../support/nest-server.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An Observable that says when it is listened to and when no more. */
function watched(entered: () => void, left: () => void, inner: Observable<unknown> = NEVER): () => Observable<unknown> {
  return () =>
    new Observable((subscriber) => {
      const subscription = inner.subscribe(subscriber);
      entered();
      return () => {
        subscription.unsubscribe();
        left();
      };
    });
}

describe.each(NEST_PLATFORMS)('Nest on %s', (platform) => {
  let late = deferred();
  beforeEach(() => void (late = deferred()));

  test.each<[string, () => unknown, string]>([
    ['a value', () => 'value', 'value'],
    ['a promise', async () => 'promise', 'promise'],
    ['an Observable', () => of(1, 'last'), 'last'],
    ['a promise of an Observable', async () => of('inner'), 'inner'],
    ['nothing', () => undefined, ''],
  ])('a handler that returns %s is answered as without the interceptor', async (_what, handle, body) => {
    const recorded = record();
    const orders = controller('orders', { find: { decorators: [Get(':id')], handle } });
    const origin = await nestInTest(platform, orders, { interceptors: [new CancellationInterceptor()] });

    const response = await fetch(`${origin}/orders/42`);

    expect([response.status, await response.text()]).toEqual([200, body]);
    await turn();
    expect(recorded.of('scopeOpened')).toMatchObject([{ name: 'get:/orders/{id}' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined }]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
    ['errors', () => throwError(() => new Error('boom'))],
    ['completes without a value', () => EMPTY],
  ])('a handler that %s is answered as without the interceptor', async (_how, handle) => {
    const recorded = record();
    const orders = controller('orders', { find: { decorators: [Get(':id')], handle } });
    const bare = await nestInTest(platform, orders);
    const expected = (await fetch(`${bare}/orders/42`)).status;
    const origin = await nestInTest(platform, orders, { interceptors: [new CancellationInterceptor()] });

    const response = await fetch(`${origin}/orders/42`);

    expect([response.status, expected]).toEqual([500, 500]);
    await response.text();
    await turn();
    expect(recorded.of('scopeSettled')).toHaveLength(1);
  });

  test.each<[string, number, (entered: () => void, left: () => void) => () => unknown]>([
    ['an Observable', 0, (entered, left) => watched(entered, left)],
    [
      'an Observable that has emitted',
      0,
      (entered, left) => watched(entered, left, new Observable((to) => to.next(1))),
    ],
    ['a promise of an Observable', 0, (entered, left) => async () => watched(entered, left)()],
    [
      'a promise',
      0,
      (entered, left) => async () => {
        entered();
        await currentScope()
          ?.race(new Promise(() => {}))
          .finally(left);
      },
    ],
    [
      'a promise that does not stop',
      1_000,
      (entered, left) => async () => {
        entered();
        left();
        await late.promise;
      },
    ],
  ])('NJ2, NJ3, H6: a timeout of %s is 504, and it is torn down', async (_what, graceMs, handlerOf) => {
    const clock = virtualClock();
    const recorded = record();
    const entered = deferred();
    const left = deferred();
    const orders = controller('orders', {
      find: { decorators: [Get(':id')], handle: handlerOf(entered.resolve, left.resolve) },
    });
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor({ timeoutMs: 500, graceMs: 1_000, clock })],
    });

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(500 + graceMs);
    await left.promise;

    const response = await answer;
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({ statusCode: 504, message: 'Gateway Timeout' });
    expect(loggedErrors).toEqual([]);
    await turn();
    const stopped = graceMs === 0;
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: stopped ? 'cancelled' : 'abandoned' }]);
    expect(recorded.of('zombieDetected')).toHaveLength(stopped ? 0 : 1);
    late.resolve();
    await turn();
    expect(recorded.of('zombieEnded')).toHaveLength(stopped ? 0 : 1);
  });

  test.each<[string, (entered: () => void, left: () => void) => () => unknown]>([
    ['an Observable', (entered, left) => watched(entered, left)],
    [
      'a promise',
      (entered, left) => async () => {
        entered();
        await currentScope()
          ?.race(new Promise(() => {}))
          .finally(left);
      },
    ],
  ])('NJ3: when the client leaves, %s is torn down, once, and nothing is logged', async (_what, handlerOf) => {
    const recorded = record();
    const entered = deferred();
    const left = deferred();
    const orders = controller('orders', {
      find: { decorators: [Get(':id')], handle: handlerOf(entered.resolve, left.resolve) },
    });
    const origin = await nestInTest(platform, orders, { interceptors: [new CancellationInterceptor()] });
    const abort = new AbortController();

    fetch(`${origin}/orders/42`, { signal: abort.signal }).catch(() => {});
    await entered.promise;
    abort.abort();
    await left.promise;
    while (recorded.of('scopeSettled').length === 0) await turn();

    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'GET', phase: 'before_headers' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
    expect(loggedErrors).toEqual([]);
  });

  test.each(['the client leaves', 'the service shuts down'])('NJ3: an @Sse() stream ends when %s', async (why) => {
    const recorded = record();
    const shutdown = new CancellationToken({ name: 'shutdown' });
    const left = deferred();
    const stream = watched(() => {}, left.resolve, interval(5).pipe(map((data) => ({ data: String(data) }))));
    const orders = controller('orders', { feed: { decorators: [Sse('feed')], handle: stream } });
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor({ token: shutdown })],
    });
    const abort = new AbortController();
    const response = await fetch(`${origin}/orders/feed`, { signal: abort.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('data: 1')) text += new TextDecoder().decode((await reader.read()).value);

    if (why === 'the client leaves') abort.abort();
    else shutdown.cancel('shutdown');
    await left.promise;
    while (recorded.of('scopeSettled').length === 0) await turn();

    const [reason, told] = why === 'the client leaves' ? ['disconnect', 1] : ['shutdown', 0];
    expect(recorded.of('scopeOpened')).toMatchObject([{ name: 'get:/orders/feed' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { root: { reason } } }]);
    expect(recorded.of('clientDisconnected')).toHaveLength(told);
    expect(loggedErrors).toEqual([]);
    if (told === 0) await reader.cancel().catch(() => {});
  });

  test('H6: born cancelled, it is answered and the handler does not run', async () => {
    const shutdown = new CancellationToken({ name: 'shutdown' });
    shutdown.cancel('shutdown');
    const orders = controller('orders', { find: { decorators: [Get(':id')], handle: () => expect.fail('ran') } });
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor({ token: shutdown })],
    });

    const response = await fetch(`${origin}/orders/42`);

    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toEqual({ statusCode: 503, message: 'Service Unavailable' });
  });

  test('@Cancellation() overrides: the handler’s over the controller’s over the interceptor’s', async () => {
    const tell = (signal: AbortSignal): string => `${currentScope()?.remainingMs} ${signal === currentScope()?.signal}`;
    const orders = controller(
      'orders',
      {
        find: { decorators: [Get(':id')], params: [RequestSignal()], handle: tell },
        make: { decorators: [Post(), Cancellation({ timeoutMs: 3_000 })], params: [RequestSignal()], handle: tell },
      },
      [Cancellation({ timeoutMs: 2_000 })],
    );
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor({ timeoutMs: 1_000, clock: virtualClock() })],
    });

    expect(await (await fetch(`${origin}/orders/1`)).text()).toBe('2000 true');
    expect(await (await fetch(`${origin}/orders`, { method: 'POST' })).text()).toBe('3000 true');
  });

  test('options that cannot be what they are: told at once', () => {
    expect(() => new CancellationInterceptor({ timeoutMs: NaN })).toThrow(/timeoutMs/);
    expect(() => Cancellation({ graceMs: 'x' as never })).toThrow(/graceMs/);
  });
});
