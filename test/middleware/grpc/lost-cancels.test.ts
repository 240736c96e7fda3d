import { InterceptingCall, type Interceptor, Metadata, status as Status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled } from '../../../src/index.ts';
import { clientInterceptor } from '../../../src/middleware/grpc/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { type Kind, KINDS, service, type Service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const last = new Metadata();
last.set('last', 'yes');

/** A service whose handlers wait for their cancel, but for one call: what was sent before that has come before it. */
async function cancellableService(): Promise<Pick<Service, 'client'> & { sentBefore: () => Promise<unknown> }> {
  const { client } = await service({ client: 'plain' }, (served) => {
    if (served.call.metadata.get('last').length > 0) served.answer();
    else void served.untilCancelled();
  });
  return { client, sentBefore: () => client.make('Unary', {}, last).ended };
}

const interceptors = [clientInterceptor()];

describe.each(KINDS)('%s', (kind: Kind) => {
  test('G20: a cancel in the turn the call is made reaches the server, or the call never does', async () => {
    const { client, sentBefore } = await cancellableService();
    await sentBefore(); // connected
    const recorded = record();

    for (let round = 0; round < 24; round++) {
      const byScope = round % 2 === 0;
      await cancelScope('page', async (scope) => {
        const made = client.make(kind, { interceptors });
        for (let tick = 0; tick < round / 2; tick++) await Promise.resolve();
        if (byScope) scope.cancel('superseded');
        else made.call.cancel();
        expect(isCancelled(await made.ended, byScope ? 'superseded' : 'manual')).toBe(true);
      });
    }

    await sentBefore();
    await until(() => recorded.of('scopeOpened').length === recorded.of('scopeSettled').length);
    const disconnects = recorded.of('cancelRequested').filter(({ reason }) => reason === 'disconnect');
    const served = recorded.events.filter(({ hook, scope }) => hook === 'scopeOpened' && scope?.startsWith('grpc:'));
    expect(served.length).toBeGreaterThan(1);
    expect(disconnects).toHaveLength(served.length - 1); // but for the last one
  });

  test('G20: a cancel while another interceptor holds the start back ends the call, and it is never sent', async () => {
    const { client, sentBefore } = await cancellableService();
    const starts: (() => void)[] = [];
    const held: Interceptor = (options, nextCall) =>
      new InterceptingCall(nextCall(options), {
        start: (metadata, listener, next) => void starts.push(() => next(metadata, listener)),
      });
    const holding = [clientInterceptor(), held];
    const recorded = record();
    const errors: unknown[] = [];

    await cancelScope('page', async (scope) => {
      const both = [client.make(kind, { interceptors: holding }), client.make(kind, { interceptors: holding })];
      both[0]?.call.cancel();
      scope.cancel('superseded');
      both.push(client.make(kind, { interceptors: holding })); // cancelled on entry
      for (const made of both) errors.push(await made.ended);
    });
    for (const start of starts) start();
    await sentBefore();

    expect(errors).toEqual(Array(3).fill(expect.objectContaining({ code: Status.CANCELLED })));
    expect(errors.map((error) => isCancelled(error, 'superseded'))).toEqual([true, true, true]);
    expect(starts).toHaveLength(2);
    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual([
      'page',
      ...Array(3).fill(`grpc.client:/shop.v1.orders/${kind.toLowerCase()}`),
      'grpc:/shop.v1.orders/unary',
    ]);
  });
});
