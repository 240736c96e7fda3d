import { describe, expect, test } from 'vitest';
import { cancelScope, openScope, type Scope } from '../../../../src/index.ts';
import { type VirtualClock, virtualClock } from '../../../../src/testing/index.ts';
import { caught, caughtCancel } from '../../../support/caught.ts';
import { gate, open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { type Gates, gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';
import { type PoolInTest, poolsForTests } from './pool-in-test.ts';
import { withoutTimers } from './without-timers.ts';

guardWork();
const newPool = poolsForTests();

const threadsOf = ({ pool }: PoolInTest) => pool.threads.map(({ threadId }) => threadId);

describe('N1: work that has begun', () => {
  test.each(['look', 'wait'])('and sees the cancel (%s) stops, and its thread stays', async (name) => {
    const recorded = record();
    const pool = newPool();
    const { there, goOn } = gates();
    const before = threadsOf(pool);

    const error = await caughtCancel(
      cancelScope('work', async (scope) => {
        const running = pool.run(scope, name, { there, goOn });
        await opened(there);
        scope.cancel('superseded', 'newer one');
        return running;
      }),
    );

    expect(error).toMatchObject({ reason: 'superseded', cause: { message: 'newer one', token: { name: 'work' } } });
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
    expect(threadsOf(pool)).toEqual(before);
  });

  /** Work that does not look, cancelled; its grace counts on `clock`. */
  async function stuck(pool: PoolInTest, graceMs: number, name = 'never'): Promise<Stuck> {
    const clock = virtualClock();
    const scope = openScope('stuck', { clock });
    const given = gates();
    const running = pool.run(scope, name, given, { graceMs });
    running.catch(() => {});
    await opened(given.there);
    scope.cancel('disconnect');
    return { clock, scope, running, given };
  }

  test.each([1, 300])('and does not, is aborted with its thread after a grace of %i ms', async (graceMs) => {
    const recorded = record();
    const pool = newPool();
    const { clock, scope, running } = await stuck(pool, graceMs);
    const before = threadsOf(pool);

    await clock.advance(graceMs - 0.5);
    expect(threadsOf(pool)).toEqual(before);
    await clock.advance(0.5);

    expect((await caughtCancel(running)).reason).toBe('disconnect');
    scope.close();
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'terminated', requestedAt: 0 }]);
    expect(threadsOf(pool)).not.toEqual(before);
    expect(await cancelScope('next', (each) => pool.run(each, 'default', 'next'))).toBe('next');
  });

  test('and does not, is aborted at once with a grace of 0 ms', async () => {
    const pool = newPool();
    const { clock, scope, running } = await stuck(pool, 0);

    await clock.advance(0);

    expect((await caughtCancel(running)).reason).toBe('disconnect');
    scope.close();
  });

  test('on another thread of the pool is not hurt by that', async () => {
    const pool = newPool(2);
    const other = gates();
    const neighbour = cancelScope('neighbour', (scope) => pool.run(scope, 'deaf', other));
    await opened(other.there);
    const { clock, scope, running } = await stuck(pool, 10);

    await clock.advance(10);
    await caughtCancel(running);
    open(other.goOn);

    expect(await neighbour).toBe('did not care');
    scope.close();
  });

  test('is never aborted with a grace of Infinity, and may return its value', async () => {
    const recorded = record();
    const pool = newPool();
    const { clock, scope, running, given } = await stuck(pool, Infinity, 'deaf');
    const before = threadsOf(pool);

    await clock.advance(1e12);
    open(given.goOn);

    expect(await running).toBe('did not care');
    scope.close();
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'returned' }]);
    expect(threadsOf(pool)).toEqual(before);
  });

  test('and notices its deadline first, ends its scope with `timeout` (S5, S9)', async () => {
    const recorded = record();
    const pool = newPool();

    const error = await caughtCancel(
      withoutTimers(() => cancelScope('work', { timeoutMs: 700 }, (scope) => pool.run(scope, 'look', gates()))),
    );

    expect(error).toMatchObject({ reason: 'timeout', cause: { token: { name: 'work' } } });
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
  });

  test('is taken along by a scope that does not wait for it (O3)', async () => {
    const pool = newPool();
    const given = gates();
    let left: Promise<unknown> | undefined;

    await cancelScope('first', async (scope) => {
      left = caughtCancel(pool.run(scope, 'look', given));
      await opened(given.there);
    });

    expect(await left).toMatchObject({ reason: 'superseded', cause: { message: 'its scope has ended' } });
  });
});

describe('N1, O2: work that has not begun', () => {
  /** A pool whose only thread is busy, until `goOn` is open. */
  async function busyPool(): Promise<PoolInTest & { goOn: Gates['goOn']; busy: Promise<unknown> }> {
    const pool = newPool();
    const { there, goOn } = gates();
    const busy = cancelScope('busy', (scope) => pool.run(scope, 'deaf', { there, goOn }));
    await opened(there);
    return { ...pool, goOn, busy };
  }

  test('leaves the queue at once, never begins, and holds up nobody', async () => {
    const recorded = record();
    const { pool, run, goOn, busy } = await busyPool();
    const [first, ran] = [gate(), gate()];
    const scopes = [openScope('one'), openScope('two')] as const;
    const queued = scopes.map((scope, index) => run(scope, 'run', { ran: [first, ran][index] }));
    expect(pool.queueSize).toBe(2);

    scopes[0].cancel('superseded');

    expect(pool.queueSize).toBe(1);
    expect((await caughtCancel(queued[0] as Promise<unknown>)).reason).toBe('superseded');
    open(goOn);
    await Promise.all([busy, queued[1]]);
    expect([Atomics.load(first, 0), Atomics.load(ran, 0)]).toEqual([0, 1]);
    expect(recorded.of('workerEnded').map(({ step }) => step)).toEqual(['stopped', 'returned', 'returned']);
    for (const scope of scopes) scope.close();
  });

  test('because its deadline has passed while it was queued, never begins', async () => {
    const { run, goOn, busy } = await busyPool();
    const clock = virtualClock();
    const ran = gate();

    const late = caughtCancel(cancelScope('late', { timeoutMs: 50, clock }, (scope) => run(scope, 'run', { ran })));
    await clock.advance(50);

    expect((await late).reason).toBe('timeout');
    open(goOn);
    await busy;
    expect(Atomics.load(ran, 0)).toBe(0);
  });

  test('because it is cancelled in the same step, never begins', async () => {
    const pool = newPool();
    const ran = gate();

    const error = await caughtCancel(
      cancelScope('at once', (scope) => {
        const running = pool.run(scope, 'run', { ran });
        scope.cancel();
        return running;
      }),
    );

    expect(error.reason).toBe('manual');
    expect(await cancelScope('next', (scope) => pool.run(scope, 'default', 'next'))).toBe('next');
    expect(Atomics.load(ran, 0)).toBe(0);
  });
});

test('a pool that ends under its work says so: that is no cancel', async () => {
  const recorded = record();
  const { pool, run } = newPool();
  const given = gates();
  const running = caught(cancelScope('work', (scope) => run(scope, 'never', given)));
  await opened(given.there);

  await pool.destroy();

  expect(await running).not.toMatchObject({ name: 'AbortError' });
  expect(recorded.of('workerEnded')).toMatchObject([{ step: 'exited' }]);
});

/** Work that never looks, in a scope that was cancelled. */
interface Stuck {
  readonly clock: VirtualClock;
  readonly scope: Scope;
  readonly running: Promise<unknown>;
  readonly given: Gates;
}
