import { type CallOptions, status as Status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { cancelScope, explain, isCancelled } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { type Kind, KINDS, type Made, type Served, service, type Service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

interface Chain {
  readonly call: (kind: Kind, options?: CallOptions) => Made;
  /** The next call that reaches B. */
  readonly atB: Service['next'];
  /** The error that A's call to B ended with. */
  readonly errors: unknown[];
}

/** Client → A → B: A calls B the same way it was called, and answers what B does. */
async function chain(): Promise<Chain> {
  const setting = { server: { deadlineSlackMs: 300 } };
  const b = await service(setting);
  const errors: unknown[] = [];
  const a = await service(setting, (served: Served) => {
    const { ended, messages } = b.client.make(served.kind);
    void ended.then((error) => {
      errors.push(error);
      if (error === null) served.answer(messages.at(-1));
      else served.fail(error);
    });
  });
  return { call: (kind, options) => a.client.make(kind, options), atB: b.next, errors };
}

test.each(KINDS)('%s: over three hops the time left never grows (H5)', async (kind) => {
  const { call, atB } = await chain();

  const remaining = await cancelScope('page', { timeoutMs: 20_000.5 }, async (scope) => {
    const made = call(kind, { deadline: Date.now() + 30_000 });
    const before = scope.remainingMs;
    const handler = await atB();
    const left = [before, handler.scope?.parent?.remainingMs ?? before, handler.scope?.remainingMs as number];
    handler.answer();
    expect(await made.ended).toBe(null);
    return left;
  });

  expect(remaining.at(-1)).toBeGreaterThan(10_000);
  expect(remaining).toEqual(remaining.toSorted((one, other) => other - one));
});

test.each(KINDS)('%s: a cancel at the client reaches B, and each hop says through whom', async (kind) => {
  const recorded = record();
  const { call, atB, errors } = await chain();

  const made = call(kind);
  const failed = (await atB()).untilCancelled();
  made.call.cancel();
  await made.ended;

  expect(isCancelled(await failed, 'disconnect')).toBe(true);
  await until(() => recorded.of('scopeSettled').length === 4 && errors.length === 1);
  const name = `shop.v1.orders/${kind.toLowerCase()}`;
  // B hears of a disconnect; at A, the call to B is cancelled with the call it serves.
  const chainAtA = explain((errors[0] as { cause: { cause: never } }).cause.cause);
  expect(chainAtA).toContain(`"grpc:/${name}" was cancelled: disconnect`);
  expect(chainAtA).toContain(`→ "grpc.client:/${name}" was cancelled with it`);
  expect(errors[0]).toMatchObject({ code: Status.CANCELLED });
  expect(recorded.of('cancelRequested').map(({ reason, result }) => `${reason} ${result}`)).toEqual([
    'manual accepted',
    'disconnect accepted',
    'disconnect accepted',
  ]);
  expect(recorded.of('propagated').map(({ source, target, boundary }) => `${source} → ${target} ${boundary}`)).toEqual([
    `grpc.client:/${name} → grpc:/${name} network`, // G22
    `grpc:/${name} → grpc.client:/${name} local`,
    `grpc.client:/${name} → grpc:/${name} network`,
  ]);
  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(Array(4).fill('cancelled'));
});

test.each(KINDS)('%s: a deadline at the client is one at A and at B', async (kind) => {
  const recorded = record();
  const { call, atB } = await chain();

  const made = call(kind, { deadline: Date.now() + 400 });
  const failed = (await atB()).untilCancelled();

  expect(await made.ended).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
  expect(isCancelled(await failed, 'deadline')).toBe(true);
  await until(() => recorded.of('scopeSettled').length === 4);
  expect(new Set(recorded.of('cancelDelivered').map(({ cause }) => cause.root.reason))).toEqual(new Set(['deadline']));
});
