import type { Worker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { cancelScope, openScope, type Scope } from '../../../../src/index.ts';
import { type VirtualClock, virtualClock } from '../../../../src/testing/index.ts';
import { caught, caughtCancel } from '../../../support/caught.ts';
import { open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const loop = (name: string) => ({ file: new URL('tasks/loops.ts', import.meta.url), name });

const workers = guardWork();

/** A task that never looks, in a scope that was cancelled. */
interface Stuck {
  readonly clock: VirtualClock;
  readonly scope: Scope;
  readonly running: Promise<unknown>;
  /** How often its thread was told to end. */
  readonly terminations: () => number;
}

describe('Q1: a task that never looks', () => {
  /** Cancels a task that does not look; `graceMs` counts on `clock`. */
  async function stuck(graceMs?: number): Promise<Stuck> {
    const clock = virtualClock();
    const scope = openScope('stuck', { clock });
    const { there, goOn } = gates();
    const running = scope.runInWorker(loop('never'), { there, goOn }, graceMs === undefined ? {} : { graceMs });
    running.catch(() => {});
    await opened(there);
    const terminate = vi.spyOn(workers.all[0] as Worker, 'terminate');
    scope.cancel('superseded');
    return { clock, scope, running, terminations: () => terminate.mock.calls.length };
  }

  test.each([1, 200])('is terminated when its grace of %i ms is over, and not before', async (graceMs) => {
    const recorded = record();
    const { clock, scope, running, terminations } = await stuck(graceMs);

    await clock.advance(graceMs - 0.5);
    expect(terminations()).toBe(0);
    await clock.advance(0.5);
    expect(terminations()).toBe(1);

    expect((await caughtCancel(running)).cause.token.name).toBe('stuck');
    scope.close();
    const event = { step: 'terminated', startedAt: 0, requestedAt: 0, endedAt: graceMs };
    expect(recorded.of('workerEnded')).toMatchObject([event]);
  });

  test.each([0, -5])('is terminated as soon as it is cancelled with a grace of %i ms', async (graceMs) => {
    const { clock, scope, running } = await stuck(graceMs);

    await clock.advance(0);

    expect((await caughtCancel(running)).reason).toBe('superseded');
    scope.close();
  });

  test('has a grace of 5 s unless told otherwise', async () => {
    const { clock, scope, running, terminations } = await stuck();

    await clock.advance(4_999);
    expect(terminations()).toBe(0);
    await clock.advance(1);
    expect(terminations()).toBe(1);

    expect((await caughtCancel(running)).reason).toBe('superseded');
    scope.close();
  });

  test('is never terminated with a grace of Infinity', async () => {
    const { clock, scope, running, terminations } = await stuck(Infinity);

    await clock.advance(1e12);
    expect(terminations()).toBe(0);
    expect(clock.pendingTimers).toBe(0);

    await workers.all[0]?.terminate();
    expect((await caughtCancel(running)).reason).toBe('superseded');
    scope.close();
  });

  test('cancelled again, has no further grace', async () => {
    const { clock, scope, running, terminations } = await stuck(200);

    await clock.advance(100);
    scope.cancel('shutdown');
    await clock.advance(100);
    expect(terminations()).toBe(1);

    expect((await caughtCancel(running)).reason).toBe('superseded');
    scope.close();
  });
});

describe('a task that does not care about its cancel', () => {
  /** Cancels a task, then lets it end as `end` says. */
  async function ending(
    end: 'return' | 'throw' | 'exit',
  ): Promise<{ result: Promise<unknown>; steps: () => unknown[] }> {
    const recorded = record();
    const { there, goOn } = gates();
    const result = cancelScope('deaf', async (scope) => {
      const running = scope.runInWorker(loop('deaf'), { there, goOn, end });
      await opened(there);
      scope.cancel();
      open(goOn);
      return running;
    });
    return { result, steps: () => recorded.of('workerEnded').map(({ step }) => step) };
  }

  test('and returns within its grace, gives its value', async () => {
    const { result, steps } = await ending('return');

    expect(await result).toBe('did not care');
    expect(steps()).toEqual(['returned']);
  });

  test('and throws an error of its own, gives that error (S5)', async () => {
    const { result, steps } = await ending('throw');

    expect(await caught(result)).toMatchObject({ name: 'RangeError', message: 'of its own' });
    expect(steps()).toEqual(['threw']);
  });

  test('and ends its thread, gives the cancel (Q2)', async () => {
    const { result, steps } = await ending('exit');

    expect((await caughtCancel(result)).reason).toBe('manual');
    expect(steps()).toEqual(['exited']);
  });
});
