import { ServerInterceptingCall, type ServerInterceptor, status as Status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { CancellationToken, currentScope, InvalidArgumentError, isCancelled, type Scope } from '../../../src/index.ts';
import { callName } from '../../../src/middleware/grpc/call-name.ts';
import { serverInterceptor } from '../../../src/middleware/grpc/index.ts';
import { ServedCall } from '../../../src/middleware/grpc/served-call.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { KINDS, type Served, service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

const outcomesOf = (recorded: ReturnType<typeof record>): string[] =>
  recorded.of('scopeSettled').map(({ outcome }) => outcome);

describe.each(KINDS)('%s', (kind) => {
  test('the scope of the call is the ambient one: in the handler, after awaits, and in events of the call', async () => {
    const seen: Record<string, Scope | undefined> = {};
    const { client, next } = await service({ client: 'plain' }, (served) => {
      seen['handler'] = currentScope();
      served.call.on('cancelled', () => (seen['cancelled'] = currentScope()));
      served.call.on('data', () => (seen['data'] = currentScope()));
      served.call.on('end', () => (seen['end'] = currentScope()));
      setImmediate(() => {
        seen['later'] = currentScope();
        served.message();
      });
      void served.untilCancelled();
      entered.resolve(served);
    });
    const entered = deferred<Served>();
    const made = client.make(kind);
    const { scope } = await entered.promise;
    if (made.call.writable) made.call.end();
    await made.begun;

    made.call.cancel();
    await made.ended;
    await until(() => 'cancelled' in seen && scope?.state === 'settled');

    expect(scope?.name).toBe(`grpc:/shop.v1.orders/${kind.toLowerCase()}`);
    expect(Object.values(seen).every((each) => each === scope)).toBe(true);
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['handler', 'later', 'cancelled']));
    void next;
  });

  test('G14: under a cancelled token the handler does not run, and the client is told UNAVAILABLE', async () => {
    const draining = new CancellationToken({ name: 'draining' });
    draining.cancel('shutdown');
    let ran = false;
    const { client } = await service({ server: { token: draining } }, () => void (ran = true));

    const made = client.make(kind);
    if (made.call.writable) made.call.write('more');
    const error = await made.ended;

    expect(error).toMatchObject({ code: Status.UNAVAILABLE });
    expect(error?.details).toContain('shutdown of "draining"');
    expect(ran).toBe(false);
  });

  test('a shutdown ends running calls with UNAVAILABLE (G12), and the token keeps nothing of calls that ended', async () => {
    const draining = new CancellationToken({ name: 'draining' });
    const { client, next } = await service({ server: { token: draining } });
    const made = client.make(kind);
    const failed = (await next()).untilCancelled();

    draining.cancel('shutdown', 'deploy');

    expect(await made.ended).toMatchObject({ code: Status.UNAVAILABLE });
    expect(isCancelled(await failed, 'shutdown')).toBe(true);
  });

  test('the client’s deadline is the scope’s, and a longer budget of the server’s does not prolong it', async () => {
    const { client, next } = await service({ server: { timeoutMs: 60_000 } });

    const made = client.make(kind, { deadline: Date.now() + 20_000 });
    const handler = await next();

    expect(handler.scope?.remainingMs).toBeLessThanOrEqual(20_000);
    expect(handler.scope?.remainingMs).toBeGreaterThan(10_000);
    handler.answer();
    await made.ended;
  });

  test('a handler that fails at once answers once', async () => {
    const sent: number[] = [];
    const counting: ServerInterceptor = (_method, call) =>
      new ServerInterceptingCall(call, { sendStatus: (status, next) => (sent.push(status.code), next(status)) });
    const { client } = await service({ inner: [counting] }, (served) => {
      served.fail({ code: Status.INTERNAL, details: 'at once' });
    });

    expect(await client.make(kind).ended).toMatchObject({ code: Status.INTERNAL, details: 'at once' });
    expect(sent).toEqual([Status.INTERNAL]);
  });

  test('a handler that throws at once fails, and is no cancel', async () => {
    const recorded = record();
    const { client } = await service({ client: 'plain' }, () => {
      throw new Error('not today');
    });

    expect(await client.make(kind).ended).toMatchObject({ code: Status.UNKNOWN });
    expect(outcomesOf(recorded)).toEqual(['failed']);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });

  test('interceptors on either side may delay, and answer for it', async () => {
    const recorded = record();
    const calls: string[] = [];
    const { client } = await service(
      {
        client: 'plain',
        outer: [
          (_method, call) =>
            new ServerInterceptingCall(call, {
              start: (next) =>
                next({
                  onReceiveMetadata: (metadata, next) => {
                    calls.push('outer');
                    setImmediate(() => next(metadata));
                  },
                }),
              sendStatus: (status, next) => next({ ...status, code: Status.ALREADY_EXISTS }),
            }),
        ],
      },
      (served) => served.fail({ code: Status.ABORTED, details: 'again' }),
    );

    expect(await client.make(kind).ended).toMatchObject({ code: Status.ALREADY_EXISTS });
    expect(calls).toEqual(['outer']);
    expect(outcomesOf(recorded)).toEqual(['completed']);
  });
});

test('G14: a handler that was not started hears of nothing', () => {
  const gone = new CancellationToken();
  gone.cancel('shutdown');
  const none = (): undefined => undefined;
  const settings = { timeoutMs: none, graceMs: Infinity, deadlineSlackMs: 0, attributes: undefined, status: none };
  const method = { path: '/a.B/C', requestStream: true, responseStream: true };
  const call = new ServedCall(method, Infinity, { ...settings, token: gone });
  const heard: string[] = [];

  call.onMetadata(
    () => heard.push('metadata'),
    () => {},
  );
  call.onMessage(() => heard.push('message'));
  call.onHalfClose(
    () => heard.push('half close'),
    () => {},
  );
  call.tell(() => heard.push('cancel'));

  expect(heard).toEqual([]);
});

test('G11: names are label values, and long ones lose their outer packages first', () => {
  expect(callName('grpc', '/shop.v1.Orders/Get')).toBe('grpc:/shop.v1.orders/get');
  expect(callName('grpc', '/google.cloud.bigquery.storage.v1.BigQueryRead/CreateReadSession')).toBe(
    'grpc:/cloud.bigquery.storage.v1.bigqueryread/createreadsession',
  );
  for (const path of ['', '/', 'x', `/${'a.'.repeat(80)}B/C`, `/${'a'.repeat(80)}/C`, '/Ünï/çødé\u0130', '/a b/"c"']) {
    expect(callName('grpc.client', path)).toMatch(/^[a-z0-9_.:/{}-]{1,64}$/);
  }
});

test.each([
  ['options', null],
  ['timeoutMs', { timeoutMs: 'soon' }],
  ['graceMs', { graceMs: Number.NaN }],
  ['deadlineSlackMs', { deadlineSlackMs: '1' }],
  ['token', { token: {} }],
  ['status', { status: 4 }],
])('refuses a bad option by name: %s', (argument, options) => {
  expect(() => serverInterceptor(options as never)).toThrow(expect.objectContaining({ argument }) as Error);
  expect(() => serverInterceptor(options as never)).toThrow(InvalidArgumentError);
});

test('a budget function that fails is answered INTERNAL: the server lives on', async () => {
  const { client } = await service({ client: 'plain', server: { timeoutMs: () => Number.NaN } }, (served) =>
    served.answer(),
  );

  expect(await client.make('Unary').ended).toMatchObject({ code: Status.INTERNAL });
  expect(await client.make('Bidi').ended).toMatchObject({ code: Status.INTERNAL });
});
