import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import { cancelScope, openScope } from '../../../../src/index.ts';
import { virtualClock } from '../../../../src/testing/index.ts';
import { caught, caughtCancel } from '../../../support/caught.ts';
import { record } from '../../../support/record.ts';
import { loopTurn } from '../../../support/process-errors.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const loop = (name: string) => ({ file: new URL('tasks/loops.ts', import.meta.url), name });
const LEAVE_TIMER = { file: new URL('tasks/endings.ts', import.meta.url), name: 'leaveTimer' };
const ECHO = new URL('tasks/values.ts', import.meta.url);

const workers = guardWork();

describe('Q3: a thread that stays behind after its task', () => {
  test('is ended when the grace is over, and keeps nothing alive until then', async () => {
    const clock = virtualClock();
    const unref = vi.fn<() => void>();
    process.once('worker', (worker: Worker) => vi.spyOn(worker, 'unref').mockImplementation(unref));

    const result = await cancelScope('leave', { clock }, (scope) =>
      scope.runInWorker(LEAVE_TIMER, undefined, { graceMs: 300 }),
    );
    const terminate = vi.spyOn(workers.all[0] as Worker, 'terminate');

    expect(result).toBe('left one');
    expect(unref).toHaveBeenCalledOnce();
    await clock.advance(299);
    expect(terminate).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(terminate).toHaveBeenCalledOnce();
    expect(await workers.ended()).toEqual([1]);
  });

  test('is left alone with a grace of Infinity', async () => {
    const clock = virtualClock();

    await cancelScope('leave', { clock }, (scope) => scope.runInWorker(LEAVE_TIMER, undefined, { graceMs: Infinity }));

    expect(clock.pendingTimers).toBe(0);
    await workers.all[0]?.terminate();
  });

  test('and one that ends by itself leaves no timer', async () => {
    const clock = virtualClock();

    await cancelScope('echo', { clock }, (scope) => scope.runInWorker(ECHO));
    await workers.ended();

    expect(clock.pendingTimers).toBe(0);
  });

  test('tells monitors nothing: its work had ended', async () => {
    const recorded = record();
    const clock = virtualClock();

    await cancelScope('leave', { clock }, (scope) => scope.runInWorker(LEAVE_TIMER, undefined, { graceMs: 0 }));
    await clock.advance(0);
    await workers.ended();
    await loopTurn();

    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'returned' }]);
  });
});

describe('O3: a scope that does not wait for its worker', () => {
  test('takes it along when it ends: the task reads the cancel, and stops', async () => {
    const recorded = record();
    const { there, goOn } = gates();
    let left: Promise<unknown> | undefined;

    const result = await cancelScope('first', async (scope) => {
      left = caughtCancel(scope.runInWorker(loop('default'), { there, goOn }));
      await opened(there);
      return 'was faster';
    });

    expect(result).toBe('was faster');
    expect(await left).toMatchObject({ reason: 'superseded', cause: { message: 'its scope has ended' } });
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
    const settled = recorded.events.filter(({ hook }) => hook === 'scopeSettled').map(({ event }) => event[1]);
    expect(settled).toContainEqual(expect.objectContaining({ outcome: 'completed', cause: undefined }));
  });

  test('has it terminated when it never looks', async () => {
    const clock = virtualClock();
    const { there, goOn } = gates();
    const scope = openScope('left', { clock });
    const left = caught(scope.runInWorker(loop('never'), { there, goOn }, { graceMs: 40 }));
    await opened(there);

    scope.close();
    await clock.advance(40);

    expect(await left).toMatchObject({ name: 'AbortError', reason: 'superseded' });
    expect(scope.outcome).toBe('completed');
  });

  test('that was cancelled before, has it stopped once, for the first cause', async () => {
    const recorded = record();
    const { there, goOn } = gates();
    const scope = openScope('left');
    const left = caughtCancel(scope.runInWorker(loop('default'), { there, goOn }));
    await opened(there);

    scope.cancel('disconnect');
    scope.close();

    expect((await left).reason).toBe('disconnect');
    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['accepted']);
  });

  test('and one that did leaves nothing on it', async () => {
    const scope = openScope('waits');

    await scope.runInWorker(ECHO);

    expect(scope._started ?? []).toEqual([]);
    scope.close();
  });
});

test('what a task does after its caller has its error reaches nobody', async () => {
  const clock = virtualClock();
  const { there, goOn } = gates();
  const scope = openScope('raced', { clock });
  const running = scope.runInWorker(loop('never'), { there, goOn }, { graceMs: 10 });
  await opened(there);

  const winner = await Promise.race([running, sleep(0, 'somebody else')]);
  scope.cancel();
  await clock.advance(10);
  await workers.ended();
  scope.close();

  expect(winner).toBe('somebody else'); // and `running` rejects with nobody listening to it any more
});
