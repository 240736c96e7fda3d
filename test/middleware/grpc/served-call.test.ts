import { once } from 'node:events';
import { ServerInterceptingCall, type ServerInterceptor, status as Status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled } from '../../../src/index.ts';
import { collectGarbage } from '../../support/collected.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { KINDS, service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const outcomesOf = (recorded: ReturnType<typeof record>): string[] =>
  recorded.of('scopeSettled').map(({ outcome }) => outcome);

describe('G17: after its client has left', () => {
  test.each(['Unary', 'ClientStream'] as const)('%s: a handler that owes one answer is waited for', async (kind) => {
    const recorded = record();
    const { client, next } = await service({ client: 'plain' });
    const made = client.make(kind);
    if (kind === 'ClientStream') made.call.end();
    const handler = await next();
    if (kind === 'ClientStream') await once(handler.call, 'end');
    made.call.cancel();
    await until(() => handler.scope?.cause !== undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(handler.scope?.state).toBe('cancelling');

    handler.answer('too late');

    await until(() => handler.scope?.state === 'settled');
    expect(outcomesOf(recorded)).toEqual(['ignored']);
    expect(recorded.of('cancelRequested')).toHaveLength(1);
  });

  test('G16: a call that was cancelled before is not cancelled again', async () => {
    const recorded = record();
    const { client, next } = await service({ client: 'plain' });
    const made = client.make('Unary');
    const handler = await next();
    const gone = once(handler.call, 'cancelled');
    handler.scope?.cancel('condition');

    made.call.cancel();
    await gone;
    handler.answer();

    await until(() => outcomesOf(recorded).length === 1);
    expect(recorded.of('cancelRequested').map(({ reason }) => reason)).toEqual(['condition']);
  });

  test('a value that was on its way when the client left: a disconnect, and nothing more to wait for', async () => {
    const recorded = record();
    const stuck: ServerInterceptor = (_method, call) => new ServerInterceptingCall(call, { sendMessage: () => {} });
    const { client, next } = await service({ client: 'plain', inner: [stuck] });
    const made = client.make('Unary');
    const handler = await next();
    handler.answer();

    made.call.cancel();
    await until(() => handler.scope?.cause !== undefined);
    await new Promise((resolve) => setImmediate(resolve));

    expect(handler.scope?.cause?.reason).toBe('disconnect');
    expect(outcomesOf(recorded)).toEqual(['ignored']);
  });

  test('one that can answer no more is not: its scope ends when nothing holds what it would answer through', async () => {
    const recorded = record();
    const { client } = await service({ client: 'plain' }, () => {}); // forgets its callback
    const made = client.make('Unary');
    await until(() => recorded.of('scopeOpened').length === 1);
    made.call.cancel();
    await until(() => recorded.of('cancelDelivered').length === 1);

    await until(() => {
      void collectGarbage();
      return outcomesOf(recorded).length === 1;
    });

    expect(outcomesOf(recorded)).toEqual(['cancelled']);
  });

  test('with a grace it is abandoned, and a zombie until it answers', async () => {
    const recorded = record();
    const { client, next } = await service({ client: 'plain', server: { graceMs: 5 } });
    const made = client.make('Unary');
    const handler = await next();
    made.call.cancel();
    await until(() => recorded.of('zombieDetected').length === 1);

    handler.fail(new Error('at last'));

    await until(() => recorded.of('zombieEnded').length === 1);
    expect(outcomesOf(recorded)).toEqual(['abandoned']);
  });

  test.each(KINDS)('G23: %s: a client that is still there is told when the grace is over', async (kind) => {
    const recorded = record();
    const { client, next } = await service({ client: 'plain', server: { timeoutMs: 5, graceMs: 5 } });

    const made = client.make(kind);
    const handler = await next();
    const error = await made.ended;
    if (kind === 'Unary') handler.answer('too late');

    expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
    await until(() => {
      void collectGarbage(); // a client stream’s handler that has received all is waited for until then
      return recorded.of('zombieEnded').length === 1;
    });
    expect(outcomesOf(recorded)).toEqual(['abandoned']);
    expect(recorded.of('cancelRequested').map(({ reason }) => reason)).toEqual(['timeout']);
  });

  test.each(['ServerStream', 'Bidi'] as const)('%s: what its handler still has open is an orphan', async (kind) => {
    const recorded = record();
    const goOn = deferred();
    const { client, next } = await service({ client: 'plain' }, () => void cancelScope('export', () => goOn.promise));
    const made = client.make(kind);
    await until(() => recorded.sequence('export').length === 1);

    made.call.cancel();
    await until(() => recorded.of('scopeOrphaned').length === 1);
    goOn.resolve();

    await until(() => outcomesOf(recorded).length === 2);
    expect(outcomesOf(recorded)).toEqual(['cancelled', 'ignored']);
    void next;
  });
});

describe('a call that grpc-js gives up', () => {
  test('G16: for an answer it cannot send has failed, and is no cancel', async () => {
    const recorded = record();
    const { client } = await service({ client: 'plain' }, (served) => served.answer(1n)); // no JSON

    expect(await client.make('Unary').ended).toMatchObject({ code: Status.INTERNAL });
    await until(() => outcomesOf(recorded).length === 1);
    expect(outcomesOf(recorded)).toEqual(['failed']);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });

  test('G16: for a message it cannot read is an error, not a disconnect', async () => {
    const recorded = record();
    const { client, next } = await service({ client: 'plain' });
    const call = client.makeBidiStreamRequest('/shop.v1.Orders/Bidi', (text: string) => Buffer.from(text), String);
    const failed = (await next()).untilCancelled();

    call.write('{'); // no JSON
    const [error] = await once(call, 'error');

    expect(error).toMatchObject({ code: Status.INTERNAL });
    expect(isCancelled(await failed, 'error')).toBe(true);
    expect(recorded.of('cancelRequested').map(({ reason }) => reason)).toEqual(['error']);
  });

  test('G14: before its handler could run has no scope', async () => {
    const recorded = record();
    const { client } = await service({ client: 'plain' });

    const made = client.makeUnaryRequest(
      '/shop.v1.Orders/Unary',
      () => Buffer.from('{'),
      String,
      'ask',
      () => {},
    );
    await once(made, 'status');

    expect(recorded.events).toEqual([]);
  });
});

test.each([
  [60_000, 'deadline'],
  [0, 'disconnect'],
])('G16: a client that leaves within %i ms of its deadline: %s', async (deadlineSlackMs, reason) => {
  const { client, next } = await service({ client: 'plain', server: { deadlineSlackMs } });
  const made = client.make('Bidi', { deadline: Date.now() + 50_000 });
  const failed = (await next()).untilCancelled();

  made.call.cancel();

  expect(isCancelled(await failed, reason as 'deadline')).toBe(true);
});
