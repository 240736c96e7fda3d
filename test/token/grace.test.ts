import { describe, expect, test } from 'vitest';
import { CancelledError, cancelScope, openScope, registry, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

describe('S6: without graceMs', () => {
  test('the caller waits for the body, however long it takes to stop', async () => {
    const clock = virtualClock();
    let settled = false;
    const run = cancelScope('work', { clock, timeoutMs: 10 }, async (scope) => {
      await sleepOn(clock, 100_000);
      scope.throwIfCancelled();
    });
    const error = caughtCancel(run).finally(() => (settled = true));

    await clock.advance(99_999);
    const settledEarly = settled;
    await clock.advance(1);

    expect(settledEarly).toBe(false);
    expect((await error).reason).toBe('timeout');
  });
});

describe('S6: graceMs', () => {
  test('gives the caller its CancelledError when it is over, and the scope is abandoned', async () => {
    const clock = virtualClock();
    const release = deferred();
    let scope!: Scope;
    const run = caught(
      cancelScope('work', { clock, graceMs: 50 }, async (own) => {
        scope = own;
        await release.promise;
      }),
    );
    await clock.advance(100);
    scope.cancel('disconnect');

    await clock.advance(49);
    const before = scope.state;
    await clock.advance(1);
    const error = await run;
    release.resolve();
    await clock.advance(0);

    expect(before).toBe('cancelling');
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'disconnect', cause: scope.cause });
    expect(scope).toMatchObject({ outcome: 'abandoned', state: 'settled' });
  });

  test('counts from the cancel, not from the opening', async () => {
    const clock = virtualClock();
    const recorded = record();
    const run = caught(cancelScope('work', { clock, graceMs: 50, timeoutMs: 1_000 }, () => sleepOn(clock, 1_080)));

    await clock.advance(1_080);
    await run;

    expect(recorded.of('zombieDetected')).toMatchObject([{ abandonedAt: 1_050, cause: { reason: 'timeout' } }]);
  });

  test('changes nothing for a body that ends within it', async () => {
    const clock = virtualClock();
    const recorded = record();
    const ignored = cancelScope('ignores', { clock, graceMs: 50, timeoutMs: 10 }, async () => {
      await sleepOn(clock, 59);
      return 'value';
    });
    const stopped = caughtCancel(
      cancelScope('stops', { clock, graceMs: 50, timeoutMs: 10 }, async (scope) => {
        await sleepOn(clock, 59);
        scope.throwIfCancelled();
      }),
    );

    await clock.advance(100);
    await stopped;

    expect(await ignored).toBe('value');
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['ignored', 'cancelled']);
    expect(recorded.of('zombieDetected')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('changes nothing for a body that is not cancelled', async () => {
    const clock = virtualClock();

    const value = await cancelScope('work', { clock, graceMs: 0 }, async () => {
      await Promise.resolve();
      return 1;
    });

    expect(value).toBe(1);
  });

  test.each([0, -5])('of %s ms gives the caller its error at once', async (graceMs) => {
    const clock = virtualClock();
    const release = deferred();
    let scope!: Scope;
    const run = caught(
      cancelScope('work', { clock, graceMs }, async (own) => {
        scope = own;
        await release.promise;
      }),
    );

    scope.cancel();
    const error = await run;
    release.resolve();
    await clock.advance(0);

    expect(error).toBeInstanceOf(CancelledError);
    expect(scope.outcome).toBe('abandoned');
  });

  test('runs for a body that cancels itself before its first await', async () => {
    const clock = virtualClock();
    const run = caught(
      cancelScope('work', { clock, graceMs: 5 }, (scope) => {
        scope.cancel();
        return sleepOn(clock, 100);
      }),
    );

    await clock.advance(5);
    const error = await run;
    await clock.advance(95);

    expect(error).toBeInstanceOf(CancelledError);
  });
});

describe('S6: zombies', () => {
  async function makeZombie() {
    const clock = virtualClock();
    const end = deferred();
    const recorded = record();
    const run = caught(cancelScope('stuck', { clock, timeoutMs: 10, graceMs: 20 }, () => end.promise));
    await clock.advance(100);
    await run;
    return { clock, end, recorded };
  }

  test('are listed, counted and aged until they end', async () => {
    const { clock, end } = await makeZombie();

    const listed = registry.snapshot({ zombies: true });
    const open = registry.snapshot();
    const { zombies } = registry.statistics();
    end.resolve();
    await clock.advance(0);

    expect(listed).toMatchObject([{ name: 'stuck', outcome: 'abandoned', ageMs: 100, pendingMs: 90 }]);
    expect(open).toEqual([]);
    expect([zombies, registry.statistics().zombies]).toEqual([1, 0]);
  });

  test('are reported when they begin and when they end', async () => {
    const { clock, end, recorded } = await makeZombie();

    await clock.advance(400);
    end.resolve();
    await clock.advance(0);

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'abandoned', settledAt: 30 }]);
    expect(recorded.of('zombieDetected')).toMatchObject([{ abandonedAt: 30 }]);
    expect(recorded.of('zombieEnded')).toEqual([
      { requestedAt: 10, abandonedAt: 30, endedAt: 500, result: 'returned' },
    ]);
  });

  test('have their late rejection swallowed and reported', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const { clock, end, recorded } = await makeZombie();

    end.reject(new Error('too late'));
    await clock.advance(1);
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
    expect(recorded.of('zombieEnded')).toMatchObject([{ result: 'threw' }]);
  });

  test('open their scopes born cancelled, so that no body of those runs', async () => {
    const clock = virtualClock();
    let ran = false;
    let late: Promise<unknown> | undefined;
    const run = caught(
      cancelScope('stuck', { clock, timeoutMs: 10, graceMs: 10 }, async () => {
        await sleepOn(clock, 50);
        late = caught(cancelScope('late', () => (ran = true)));
        await late;
      }),
    );

    await clock.advance(50);
    await run;

    expect(await late).toBeInstanceOf(CancelledError);
    expect(ran).toBe(false);
  });

  test('hand the scopes still open in them to the scope around', async () => {
    const clock = virtualClock();
    const recorded = record();
    const outer = openScope('outer', { clock });
    const run = caught(
      cancelScope('stuck', { parent: outer, timeoutMs: 10, graceMs: 10 }, () =>
        cancelScope('inside', () => sleepOn(clock, 50)),
      ),
    );

    await clock.advance(20);
    await run;
    const inside = registry.snapshot().find(({ name }) => name === 'inside');
    await clock.advance(30);
    outer.close();

    expect(inside?.parentId).toBe(outer.id);
    expect(recorded.of('scopeOrphaned')).toMatchObject([{ endedName: 'stuck', newParentId: outer.id }]);
  });
});
