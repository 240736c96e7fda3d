import { status as Status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { CANCELLATION_REASONS, CancellationToken } from '../../../src/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { service } from '../../support/grpc-service.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

describe('an answer that names a cancel', () => {
  test.each(CANCELLATION_REASONS.filter((reason) => reason !== 'parent'))('G12, G13: %s', async (reason) => {
    const { client } = await service({ client: 'plain' }, (served) => {
      const outer = new CancellationToken({ name: 'an "outer" one' });
      outer.cancel(reason, 'said "a" was cancelled: manual');
      const inner = outer.child({ name: 'inner' });
      caught(Promise.resolve().then(() => inner.throwIfCancelled())).then(
        (error) => served.fail(error as Error),
        () => {},
      );
    });
    const codes: Record<string, Status> = {
      timeout: Status.DEADLINE_EXCEEDED,
      deadline: Status.DEADLINE_EXCEEDED,
      shutdown: Status.UNAVAILABLE,
      signal: Status.UNAVAILABLE,
    };

    expect(await client.make('Unary').ended).toMatchObject({ code: codes[reason] ?? Status.CANCELLED });
  });

  test('may be given another status', async () => {
    const busy = (reason: string): Status | undefined =>
      reason === 'condition' ? Status.RESOURCE_EXHAUSTED : undefined;
    const { client } = await service({ client: 'plain', server: { status: busy } }, (served) => {
      served.scope?.cancel('condition');
      void served.untilCancelled();
    });

    expect(await client.make('Unary').ended).toMatchObject({ code: Status.RESOURCE_EXHAUSTED });
  });

  test.each([
    () => 'busy',
    () => Number.NaN,
    () => {
      throw new Error('no table');
    },
  ])('a broken table of statuses loses no answer (%#)', async (status) => {
    const { client } = await service({ client: 'plain', server: { status: status as never } }, (served) => {
      served.scope?.cancel('shutdown');
      void served.untilCancelled();
    });

    expect(await client.make('Unary').ended).toMatchObject({ code: Status.UNAVAILABLE });
  });

  test('keeps a code of its own, and text that only looks like it', async () => {
    const answers = [
      { code: Status.NOT_FOUND, details: '"x" was cancelled: timeout' },
      { code: Status.UNKNOWN, details: 'the order "x" was cancelled: timeout' },
      { code: Status.UNKNOWN, details: '"x" was cancelled: by the customer' },
    ];
    const { client, next } = await service({ client: 'plain' });

    for (const answer of answers) {
      const made = client.make('Unary');
      (await next()).fail(answer);
      expect(await made.ended).toMatchObject(answer);
    }
  });
});

describe('G24: what an answer says, on a call that was cancelled', () => {
  const ANSWERS = [
    [{ code: Status.CANCELLED, details: '' }, 'cancelled'],
    [{ code: Status.DEADLINE_EXCEEDED, details: '' }, 'cancelled'],
    [{ code: Status.UNKNOWN, details: 'The operation was aborted' }, 'cancelled'],
    [{ code: Status.UNKNOWN, details: '"rows" was cancelled: parent (manual of "x")' }, 'cancelled'],
    [{ code: Status.UNKNOWN, details: 'no such table' }, 'failed'],
    [{ code: Status.INTERNAL, details: '' }, 'failed'],
    [{ code: Status.NOT_FOUND, details: '' }, 'ignored'],
  ] as const;

  test.each(ANSWERS)('%j: %s', async (answer, outcome) => {
    const recorded = record();
    const { client } = await service({ client: 'plain' }, (served) => {
      served.scope?.cancel('condition');
      served.fail(answer);
    });

    await client.make('Unary').ended;

    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual([outcome]);
  });
});
