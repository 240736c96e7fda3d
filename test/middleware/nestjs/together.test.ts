import { Catch, type ArgumentsHost, Get, HttpException, type ExceptionFilter } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, test } from 'vitest';
import { currentScope, isCancelled } from '../../../src/index.ts';
import { expressCancellation } from '../../../src/middleware/express/index.ts';
import { fastifyCancellation } from '../../../src/middleware/fastify/index.ts';
import { CancellationInterceptor } from '../../../src/middleware/nestjs/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { controller, loggedErrors, NEST_PLATFORMS, nestInTest } from '../../support/nest-server.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const untilCancelled = async (): Promise<void> => currentScope()?.race(new Promise<never>(() => {}));

describe.each(NEST_PLATFORMS)('Nest on %s', (platform) => {
  test('NJ4: under the platform’s own middleware, a disconnect is counted once', async () => {
    const recorded = record();
    const entered = deferred();
    const orders = controller('orders', {
      find: {
        decorators: [Get(':id')],
        handle: async () => {
          entered.resolve();
          await untilCancelled();
        },
      },
    });
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor()],
      async setUp(app) {
        if (platform === 'express') (app as NestExpressApplication).use(expressCancellation());
        else
          await (app.getHttpAdapter() as unknown as FastifyAdapter)
            .getInstance()
            .register(fastifyCancellation as never);
      },
    });
    const abort = new AbortController();

    fetch(`${origin}/orders/42`, { signal: abort.signal }).catch(() => {});
    await entered.promise;
    abort.abort();
    while (recorded.of('scopeSettled').length < 2) await turn();

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['get:/orders/{id}', 'OrdersController.find']);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
    expect(recorded.of('cancelRequested')).toMatchObject([{ reason: 'disconnect' }]);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
    expect(loggedErrors).toEqual([]);
  });

  test('H6: an exception filter of the service gets the cancel first, and may answer it', async () => {
    const clock = virtualClock();
    const entered = deferred();
    const seen: unknown[] = [];
    class Filter implements ExceptionFilter {
      catch(exception: HttpException, host: ArgumentsHost): void {
        seen.push([exception.getStatus(), isCancelled(exception, 'timeout')]);
        const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: string): void } }>();
        response.status(529).send('come back later');
      }
    }
    Catch(HttpException)(Filter);
    const orders = controller('orders', {
      find: {
        decorators: [Get(':id')],
        handle: async () => {
          entered.resolve();
          await untilCancelled();
        },
      },
    });
    const origin = await nestInTest(platform, orders, {
      interceptors: [new CancellationInterceptor({ timeoutMs: 500, clock })],
      setUp: (app) => app.useGlobalFilters(new Filter()),
    });

    const answer = fetch(`${origin}/orders/42`);
    await entered.promise;
    await clock.advance(500);

    const response = await answer;
    expect([response.status, await response.text()]).toEqual([529, 'come back later']);
    expect(seen).toEqual([[504, true]]);
  });

  test('NJ1: a handler keeps its own apply, for others too', async () => {
    const handle = (): string => 'value';
    const orders = controller('orders', { find: { decorators: [Get(':id')], handle } });
    const origin = await nestInTest(platform, orders, { interceptors: [new CancellationInterceptor()] });
    await (await fetch(`${origin}/orders/42`)).text();

    const { find } = orders.prototype as { find: (...args: unknown[]) => unknown };

    const { apply } = find as { apply(self: unknown, args: unknown[]): unknown };

    expect(Reflect.apply(apply, find, [undefined, []])).toBe('value');
    expect(Object.keys(find)).toEqual([]);
  });
});
