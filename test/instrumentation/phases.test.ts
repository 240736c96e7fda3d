import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, openScope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

describe('S4: the phases of one cancel', () => {
  test("are told before the end, also of a scope that an outer scope's listener ends in the middle of the cancel", async () => {
    const clock = virtualClock();
    const recorded = record();
    const outer = openScope('outer', { clock });
    const inner = openScope('inner', { clock, parent: outer });
    outer.onCancel(() => void inner.close());

    outer.cancel();
    outer.close();
    await clock.advance(60_000);

    expect(recorded.sequence('inner')).toEqual([
      'scopeOpened',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
    expect(recorded.of('scopeSettled').map(({ phases }) => phases?.requestedAt)).toEqual([0, 0]);
    expect(recorded.of('cancelSlow')).toEqual([]);
  });

  test('are told in order, each with its instant', async () => {
    const clock = virtualClock({ now: 1_000 });
    const recorded = record();
    const stop = new CancellationToken({ name: 'stop', clock });
    const run = caughtCancel(
      cancelScope('work', { clock, token: stop }, async (scope) => {
        await sleepOn(clock, 130);
        try {
          scope.throwIfCancelled();
        } finally {
          await sleepOn(clock, 20);
        }
      }),
    );
    clock.setTimer(() => stop.cancel('disconnect', 'gone'), 100);

    await clock.advance(150);
    await run;

    expect(recorded.sequence()).toEqual([
      'tokenCreated',
      'tokenCreated',
      'scopeOpened',
      'cancelRequested',
      'tokenCancelled',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
    expect(recorded.of('scopeOpened')).toMatchObject([{ openedAt: 1_000, name: 'work' }]);
    expect(recorded.of('cancelRequested')).toMatchObject([
      { token: { name: 'stop' }, reason: 'disconnect', result: 'accepted', sourceThread: 'main' },
    ]);
    expect(recorded.of('tokenCancelled')).toMatchObject([{ token: { name: 'stop' }, targets: 2 }]);
    expect(recorded.of('cancelDelivered')).toMatchObject([
      { requestedAt: 1_100, deliveredAt: 1_100, boundary: 'local', depth: 0, sourceThread: 'main' },
    ]);
    expect(recorded.of('cancelAcknowledged')).toEqual([
      { requestedAt: 1_100, deliveredAt: 1_100, acknowledgedAt: 1_130, mechanism: 'throw' },
    ]);
    expect(recorded.of('scopeSettled')).toMatchObject([
      {
        outcome: 'cancelled',
        settledAt: 1_150,
        cause: { reason: 'parent', root: { reason: 'disconnect', message: 'gone' } },
        phases: {
          requestedAt: 1_100,
          deliveredAt: 1_100,
          acknowledgedAt: 1_130,
          mechanism: 'throw',
          depth: 0,
          boundary: 'local',
        },
        ownDeadline: false,
      },
    ]);
  });

  test('have one cause on the wall and on the monotonic clock', async () => {
    const wallTime = Date.UTC(2031, 0, 1);
    const clock = virtualClock({ now: 1_000, wallTime });
    const scope = openScope('work', { clock });
    await clock.advance(250);

    scope.cancel();
    const { cause } = scope;
    scope.close();

    expect(cause).toMatchObject({ wallTime: wallTime + 250, monotonicNs: 1_250_000_000n });
  });

  test('of a timeout begin where it was due, and say how late the timer was', async () => {
    const clock = busyClock();
    const recorded = record();

    await caughtCancel(
      cancelScope('work', { clock, timeoutMs: 100 }, (scope) => {
        clock.block(140);
        scope.throwIfCancelled();
      }),
    );

    expect(recorded.sequence('work')).toEqual([
      'scopeOpened',
      'deadlineFired',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
    expect(recorded.of('deadlineFired')).toEqual([{ dueAt: 100, firedAt: 140, reason: 'timeout' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ ownDeadline: true, settledAt: 140 }]);
  });

  test('say who owned the deadline', async () => {
    const clock = virtualClock();
    const recorded = record();
    const run = caught(
      cancelScope('outer', { clock, timeoutMs: 50 }, () =>
        cancelScope('inner', { timeoutMs: 80 }, (scope) => scope.race(new Promise(() => {}))),
      ),
    );

    await clock.advance(50);
    await run;

    expect(recorded.of('deadlineFired')).toEqual([{ dueAt: 50, firedAt: 50, reason: 'timeout' }]);
    expect(recorded.of('scopeSettled').map(({ ownDeadline, cause }) => [ownDeadline, cause?.reason])).toEqual([
      [false, 'parent'],
      [true, 'timeout'],
    ]);
  });

  test.each([
    ['listener', (scope: { onCancel(listener: () => void): unknown }) => scope.onCancel(() => {})],
    ['listener', ({ signal }: { signal: AbortSignal }) => signal.addEventListener('abort', () => {})],
    [
      'await',
      (scope: { race(promise: Promise<never>): Promise<never> }) =>
        void scope.race(new Promise<never>(() => {})).catch(() => {}),
    ],
  ] as const)('tell the first reaction: %s', (mechanism, prepare) => {
    const clock = virtualClock();
    const recorded = record();
    const scope = openScope('work', { clock });
    (prepare as (scope: unknown) => unknown)(scope);

    scope.cancel();
    void scope.isCancelled;
    scope.close();

    expect(recorded.of('cancelAcknowledged')).toMatchObject([{ mechanism }]);
  });

  test('leave the acknowledgement out when nobody looked', async () => {
    const recorded = record();

    await cancelScope('work', (scope) => void scope.cancel());

    expect(recorded.of('cancelAcknowledged')).toEqual([]);
    expect(recorded.of('scopeSettled')).toMatchObject([
      { outcome: 'ignored', phases: { acknowledgedAt: undefined, mechanism: undefined } },
    ]);
  });

  test('of a scope that opens under a cancelled one begin at its opening', async () => {
    const clock = virtualClock();
    const recorded = record();
    const outer = openScope('outer', { clock });
    outer.cancel();
    await clock.advance(500);

    await caughtCancel(cancelScope('inner', { parent: outer }, () => 1));
    outer.close();

    const inner = recorded.events.find(({ hook, scope }) => hook === 'scopeSettled' && scope === 'inner');
    expect(inner?.event[1]).toMatchObject({ settledAt: 500, phases: { requestedAt: 500, deliveredAt: 500 } });
  });

  test('are on the clock of each scope, never across two', async () => {
    const [first, second] = [virtualClock({ now: 100 }), virtualClock({ now: 9_000 })];
    const recorded = record();
    const outer = openScope('outer', { clock: first });
    const inner = openScope('inner', { clock: second, parent: outer });
    await second.advance(50);

    outer.cancel();
    inner.close();
    outer.close();

    const delivered = recorded.events.flatMap(({ hook, scope, event }) =>
      hook === 'cancelDelivered' ? [[scope, (event[1] as { requestedAt: number }).requestedAt]] : [],
    );
    expect(delivered).toEqual([
      ['outer', 100],
      ['inner', 9_050],
    ]);
  });
});
