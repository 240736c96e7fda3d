import { status as Status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled, type Scope } from '../../../src/index.ts';
import type { RecordingMonitor } from '../../../src/testing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { KINDS, type Made, type Served, service, until } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

/** What was asked to be cancelled: reason and result of each. Sorted: either end may hear of it first. */
const cancels = (recorded: RecordingMonitor): string[] =>
  recorded
    .of('cancelRequested')
    .map(({ reason, result }) => `${reason} ${result}`)
    .sort();

/** How far a call is when something happens to it. */
const PHASES = ['before headers', 'after headers', 'mid-stream'] as const;

async function bring(phase: (typeof PHASES)[number], handler: Served, made: Made): Promise<void> {
  if (phase === 'before headers') return;
  if (phase === 'after headers') handler.headers();
  else handler.message();
  await made.begun;
}

describe.each(KINDS)('%s', (kind) => {
  const served = `grpc:/shop.v1.orders/${kind.toLowerCase()}`;
  const sent = `grpc.client:/shop.v1.orders/${kind.toLowerCase()}`;
  const outcomes = (recorded: RecordingMonitor): Record<string, unknown> =>
    Object.fromEntries(
      recorded.events
        .filter(({ hook }) => hook === 'scopeSettled')
        .map(({ scope, event }) => [
          scope === served ? 'served' : scope === sent ? 'sent' : scope,
          (event.at(-1) as { outcome: string }).outcome,
        ]),
    );
  const settled = (recorded: RecordingMonitor, ...names: string[]): Promise<void> =>
    until(() => names.every((name) => name in outcomes(recorded)));

  test('G15: a normal call cancels nothing, on either end', async () => {
    const recorded = record();
    const { client, next } = await service();

    const made = client.make(kind);
    const handler = await next();
    handler.message();
    handler.answer();

    expect(await made.ended).toBe(null);
    expect(made.messages.at(-1)).toBe('done');
    expect(recorded.sequence(served)).toEqual(['scopeOpened', 'scopeSettled']);
    expect(recorded.sequence(sent)).toEqual(['scopeOpened', 'scopeSettled']);
    expect(outcomes(recorded)).toEqual({ served: 'completed', sent: 'completed' });
    expect(cancels(recorded)).toEqual([]);
  });

  test.each([
    ['NOT_FOUND', 'completed'],
    ['INTERNAL', 'failed'],
  ] as const)('G24: an answer of %s is no cancel: %s', async (code, outcome) => {
    const recorded = record();
    const { client, next } = await service();

    const made = client.make(kind);
    (await next()).fail({ code: Status[code], details: 'no such order' });
    const error = await made.ended;

    expect(error).toMatchObject({ code: Status[code], details: 'no such order' });
    expect(isCancelled(error)).toBe(false);
    expect(outcomes(recorded)).toEqual({ served: outcome, sent: 'failed' });
    expect(cancels(recorded)).toEqual([]);
  });

  test.each(PHASES)('G16: the client cancels, %s: one disconnect, and the caller’s own cancel', async (phase) => {
    const recorded = record();
    const { client, next } = await service();
    const made = client.make(kind);
    const handler = await next();
    const failed = handler.untilCancelled();
    await bring(phase, handler, made);

    made.call.cancel();
    const error = await made.ended;

    expect(error).toMatchObject({ code: Status.CANCELLED, details: 'Cancelled on client' });
    expect(isCancelled(error, 'manual')).toBe(true);
    expect(isCancelled(await failed, 'disconnect')).toBe(true);
    await settled(recorded, 'served');
    expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'cancelled' });
    expect(cancels(recorded)).toEqual(['disconnect accepted', 'manual accepted']);
  });

  test.each(['before headers', 'mid-stream'] as const)(
    'G16: the client’s deadline is over, %s: deadline on both ends',
    async (phase) => {
      const recorded = record();
      const { client, next } = await service({ server: { deadlineSlackMs: 250 } });
      const made = client.make(kind, { deadline: Date.now() + 300 });
      const handler = await next();
      const failed = handler.untilCancelled();
      await bring(phase, handler, made);

      const error = await made.ended;

      expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
      expect(isCancelled(error, 'deadline')).toBe(true);
      expect(isCancelled(await failed, 'deadline')).toBe(true);
      await settled(recorded, 'served');
      expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'cancelled' });
      expect(cancels(recorded)).toEqual(['deadline accepted', 'deadline accepted']);
    },
  );

  test.each(PHASES)('the connection is lost, %s: disconnect where it is served', async (phase) => {
    const recorded = record();
    const { client, next, cut } = await service();
    const made = client.make(kind);
    const handler = await next();
    const failed = handler.untilCancelled();
    await bring(phase, handler, made);

    cut();
    const error = await made.ended;

    expect(error).toMatchObject({ code: Status.UNAVAILABLE });
    expect(isCancelled(error)).toBe(false);
    expect(isCancelled(await failed, 'disconnect')).toBe(true);
    await settled(recorded, 'served');
    expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'failed' });
    expect(cancels(recorded)).toEqual(['disconnect accepted']);
  });

  test.each(PHASES)('the server’s own budget for the call is over, %s: DEADLINE_EXCEEDED (G12)', async (phase) => {
    const recorded = record();
    const { client, next } = await service({ server: { timeoutMs: (path) => (path.endsWith(kind) ? 50 : Infinity) } });
    const made = client.make(kind);
    const handler = await next();
    const failed = handler.untilCancelled();
    await bring(phase, handler, made);

    const error = await made.ended;

    expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED, details: `"${served}" was cancelled: timeout` });
    expect(isCancelled(error)).toBe(false); // the client was not cancelled: it was told
    expect(isCancelled(await failed, 'timeout')).toBe(true);
    expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'failed' });
    expect(cancels(recorded)).toEqual(['timeout accepted']);
  });

  test('a timeout of a scope inside the handler: DEADLINE_EXCEEDED, and the call itself is not cancelled (G13)', async () => {
    const recorded = record();
    const { client } = await service({}, (call) => {
      cancelScope('load', { timeoutMs: 5 }, (scope) => scope.race(new Promise(() => {}))).catch((error: Error) =>
        call.fail(error),
      );
    });

    const error = await client.make(kind).ended;

    expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED, details: '"load" was cancelled: timeout' });
    expect(outcomes(recorded)).toEqual({ load: 'cancelled', served: 'failed', sent: 'failed' });
    expect(cancels(recorded)).toEqual(['timeout accepted']);
  });

  test.each(PHASES)('the scope around the caller is cancelled, %s: the call is, and says why', async (phase) => {
    const recorded = record();
    const { client, next } = await service();
    let error: unknown;

    const page = cancelScope('page', async (scope) => {
      const made = client.make(kind);
      const handler = await next();
      void handler.untilCancelled();
      await bring(phase, handler, made);
      scope.cancel('superseded');
      error = await made.ended;
      throw error;
    });

    await expect(page).rejects.toThrow('"page" was cancelled: superseded');
    expect(error).toMatchObject({
      code: Status.CANCELLED,
      details: `"${sent}" was cancelled: parent (superseded of "page")`,
    });
    expect(isCancelled(error, 'superseded')).toBe(true);
    await settled(recorded, 'served');
    expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'cancelled', page: 'cancelled' });
    expect(cancels(recorded)).toEqual(['disconnect accepted', 'superseded accepted']);
  });

  test('the time of the scope around the caller is over: it is the call’s deadline, too (G21)', async () => {
    const recorded = record();
    const { client, next } = await service({ server: { deadlineSlackMs: 250 } });
    let error: unknown;

    const page = cancelScope('page', { timeoutMs: 300 }, async () => {
      const made = client.make(kind);
      void (await next()).untilCancelled();
      error = await made.ended;
      throw error;
    });

    await expect(page).rejects.toThrow('"page" was cancelled: timeout');
    expect(error).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
    expect(isCancelled(error, 'timeout')).toBe(true);
    await settled(recorded, 'served');
    expect(outcomes(recorded)).toEqual({ served: 'cancelled', sent: 'cancelled', page: 'cancelled' });
    expect(cancels(recorded)).toEqual(['deadline accepted', 'timeout accepted']);
  });

  test('G19: nothing is sent by a caller that is cancelled already', async () => {
    const recorded = record();
    const { client } = await service();
    let error: unknown;

    await cancelScope('page', async (scope: Scope) => {
      scope.cancel('shutdown');
      error = await client.make(kind).ended;
    });

    expect(error).toMatchObject({ code: Status.CANCELLED });
    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect(await client.make(kind, { deadline: Date.now() - 1 }).ended).toMatchObject({
      code: Status.DEADLINE_EXCEEDED,
    });
    expect(outcomes(recorded)).toEqual({ sent: 'cancelled', page: 'ignored' });
  });
});
