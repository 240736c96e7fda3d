import { InterceptingCall, type Interceptor, status as Status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CancelledError, cancelScope, currentScope, InvalidArgumentError, isCancelled } from '../../../src/index.ts';
import { deadlineIn, deadlineMs } from '../../../src/middleware/grpc/call-budget.ts';
import { clientInterceptor } from '../../../src/middleware/grpc/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { KINDS, service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

/** Interceptors that note the deadline a call goes out with, in ms from now; `Infinity` for none. */
function noting(options?: Parameters<typeof clientInterceptor>[0]): { interceptors: Interceptor[]; seen: number[] } {
  const seen: number[] = [];
  const note: Interceptor = (options, nextCall) => {
    seen.push(Number(options.deadline ?? Infinity) - Date.now());
    return new InterceptingCall(nextCall(options));
  };
  return { interceptors: [clientInterceptor(options), note], seen };
}

describe('G18, H5: the deadline that goes out', () => {
  const CASES = [
    { name: 'none of any', around: undefined, timeoutMs: undefined, own: undefined, want: Infinity },
    { name: 'the caller’s own', around: 9_000, timeoutMs: 8_000, own: 5_000, want: 5_000 },
    { name: 'what is left of the scope around', around: 4_000, timeoutMs: 8_000, own: 5_000, want: 4_000 },
    { name: 'the budget of the calls', around: 4_000, timeoutMs: 3_000, own: 5_000, want: 3_000 },
    { name: 'only the scope around has one', around: 4_000, timeoutMs: undefined, own: undefined, want: 4_000 },
    { name: 'too far away for the wire', around: 3e9, timeoutMs: undefined, own: undefined, want: Infinity },
  ];

  test.each(CASES)('$name', async ({ around, timeoutMs, own, want }) => {
    const { client } = await service({ client: 'plain' }, (served) => served.answer(served.scope?.remainingMs));
    const { interceptors, seen } = noting(timeoutMs === undefined ? {} : { timeoutMs });
    const deadline = own === undefined ? {} : { deadline: new Date(Date.now() + own) };

    const call = () => client.make('Unary', { ...deadline, interceptors });
    const made = await cancelScope('page', around === undefined ? {} : { timeoutMs: around }, () => {
      const made = call();
      return made.ended.then(() => made);
    });

    const sent = seen[0] as number;
    expect(sent).toBeLessThanOrEqual(want);
    expect(sent).toBeGreaterThan(Math.min(want - 900, 1e9));
    expect(made.messages[0] ?? Infinity).toBeLessThanOrEqual(sent + 1); // JSON makes null of Infinity
    expect(made.messages[0] ?? Infinity).toBeGreaterThan(Math.min(want - 900, 1e9));
  });

  test('is rounded down to whole ms', () => {
    for (const [on, at] of [
      [Date, 1_000_000],
      [performance, 5],
    ] as const) {
      const now = vi.spyOn(on, 'now').mockReturnValue(at); // both stand still: one that is put off between them is earlier
      onTestFinished(() => now.mockRestore());
    }

    expect([0, 0.9, 5_000, 5_000.9].map(deadlineIn)).toEqual([1_000_000, 1_000_000, 1_005_000, 1_005_000]);
    expect([1e8, Infinity].map(deadlineIn)).toEqual([Infinity, Infinity]);
  });

  test.each([Infinity, -Infinity, -1, 0, 1e14])(
    'a deadline of %s is grpc-js’s to judge: with and without us it ends the same',
    async (deadline) => {
      const { client } = await service({ client: 'plain' }, (served) => served.answer());
      const codeWith = async (interceptors: Interceptor[]): Promise<number | undefined> =>
        (await client.make('Unary', { deadline, interceptors }).ended)?.code;

      expect(await codeWith([clientInterceptor()])).toBe(await codeWith([]));
    },
  );
});

test.each([
  [undefined, Infinity],
  [Number.NaN, Infinity],
  [new Date(Number.NaN), Infinity],
  [9e15, Infinity],
  [-1, 0],
  [new Date(12), 12],
])('a deadline of %s is never an error of ours', (deadline, ms) => {
  expect(deadlineMs(deadline)).toBe(ms);
});

test('a budget of the calls ends one with timeout', async () => {
  const recorded = record();
  const paths: string[] = [];
  const timeoutMs = (path: string): number => (paths.push(path), 300);
  const { client, next } = await service({ client: { timeoutMs } });
  const made = client.make('Bidi');
  void (await next()).untilCancelled();

  const error = await made.ended;

  expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
  expect(error?.cause).toBeInstanceOf(CancelledError);
  expect(isCancelled(error, 'timeout')).toBe(true);
  expect(paths).toEqual(['/shop.v1.Orders/Bidi']);
  await until(() => recorded.of('scopeSettled').length === 2);
});

describe.each(KINDS)('%s', (kind) => {
  test('the caller’s scope is the ambient one in callbacks and events, whoever opened the connection', async () => {
    const { client } = await service({}, (served) => served.answer());
    const seen: (string | undefined)[] = [];

    const calls = ['first', 'second', 'third'].map((name) =>
      cancelScope(name, async () => {
        const made = client.make(kind);
        made.call.on('metadata', () => seen.push(`${name}: ${currentScope()?.name}`));
        made.call.on('data', () => seen.push(`${name}: ${currentScope()?.name}`));
        made.call.on('status', () => seen.push(`${name}: ${currentScope()?.name}`));
        await made.ended;
        await until(() => seen.filter((each) => each?.startsWith(name)).length >= 2);
      }),
    );
    await Promise.all(calls);

    expect(new Set(seen)).toEqual(new Set(['first: first', 'second: second', 'third: third']));
  });
});

test('G19: 10,000 calls leave nothing on the scope around them', { timeout: 90_000 }, async () => {
  const { client } = await service({}, (served) => served.answer());

  await cancelScope('service', async (scope) => {
    const children: number[] = [];
    for (let round = 0; round < 100; round++) {
      await Promise.all(Array.from({ length: 100 }, () => client.make('Unary').ended));
      children.push(scope._openChildren);
    }
    expect(new Set(children)).toEqual(new Set([0]));
    expect(scope.token._firstChild).toBe(null);
    expect(scope.token._listeners).toBe(null);
  });
});

test('G19: an interceptor that makes a call and does not start it leaves no scope', async () => {
  const recorded = record();
  const { client } = await service({ client: 'plain' });
  const answered: Interceptor = (options, nextCall) => {
    nextCall(options);
    return new InterceptingCall(nextCall(options), {
      start: (metadata, listener) => {
        listener.onReceiveMessage('cached');
        listener.onReceiveStatus({ code: Status.OK, details: '', metadata });
      },
      sendMessage: () => {},
      halfClose: () => {},
    });
  };

  const made = client.make('Unary', { interceptors: [answered, clientInterceptor()] });

  expect(await made.ended).toBe(null);
  expect(recorded.events).toEqual([]);
});

test('a call that cannot be started ends its scope, and throws what grpc-js throws', async () => {
  const recorded = record();
  const { client } = await service({ client: 'plain' });
  const broken: Interceptor = (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: () => {
        throw new Error('no credentials');
      },
    });

  expect(() => client.make('Unary', { interceptors: [clientInterceptor(), broken] })).toThrow('no credentials');

  expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed' }]);
});

test('G21: an error that waits for a scope on a clock that stands still comes all the same', async () => {
  const recorded = record();
  const clock = virtualClock();
  const { client, next } = await service();
  let error: unknown;

  await cancelScope('page', { clock, timeoutMs: 400 }, async () => {
    const made = client.make('Bidi');
    void (await next()).untilCancelled();
    await clock.advance(390);
    error = await made.ended;
  });

  expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
  await until(() => recorded.of('scopeSettled').length === 3);
});

test.each([
  ['options', null],
  ['timeoutMs', { timeoutMs: 'soon' }],
  ['timeoutMs', { timeoutMs: Number.NaN }],
])('refuses a bad option by name: %s', (argument, options) => {
  expect(() => clientInterceptor(options as never)).toThrow(expect.objectContaining({ argument }) as Error);
  expect(() => clientInterceptor(options as never)).toThrow(InvalidArgumentError);
});
