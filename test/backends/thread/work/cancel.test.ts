import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled, openScope } from '../../../../src/index.ts';
import { caughtCancel } from '../../../support/caught.ts';
import { gate, open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const loop = (name: string) => ({ file: new URL('tasks/loops.ts', import.meta.url), name });

const workers = guardWork();

describe('Q1: a cancel reaches the task at once', () => {
  test('in a loop that never yields and looks: it stops, and the caller gets the cancel', async () => {
    const recorded = record();
    const { there, goOn } = gates();

    const error = await caughtCancel(
      cancelScope('loop', async (scope) => {
        const running = scope.runInWorker(loop('default'), { there, goOn });
        await opened(there);
        scope.cancel('superseded', 'newer one');
        return running;
      }),
    );

    expect(error).toMatchObject({ reason: 'superseded', cause: { message: 'newer one', token: { name: 'loop' } } });
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
  });

  test('also when this thread goes on without a turn of its event loop', async () => {
    const { there, goOn } = gates();
    const stopped = gate();
    const task = { file: new URL('tasks/loops.ts', import.meta.url), name: 'lookAndTell' };
    const scope = openScope('busy');
    const running = scope.runInWorker(task, { there, goOn, stopped });
    await opened(there);

    scope.cancel();
    while (Atomics.load(stopped, 0) === 0); // blocks, until the task has seen it

    expect(await running).toBe('saw it');
    scope.close();
  });

  const own = expect.objectContaining({
    reason: 'disconnect',
    message: '"wait" was cancelled: disconnect: gone',
  }) as unknown;
  test.each([
    ['races', 'race', own],
    ['sleeps with the signal', 'timer', own],
    ['listens to the signal', 'signal', 'gone'],
    ['awaits the cancel', 'promise', 'gone'],
  ])('in a task that %s and waits for nothing else', async (_what, on, end) => {
    const { there, goOn } = gates();
    const scope = openScope('wait');
    const running = scope.runInWorker(loop('wait'), { there, goOn, on });
    await opened(there);
    // Time for its thread to end, if nothing keeps it.
    await Promise.race([workers.ended(), new Promise((resolve) => setTimeout(resolve, 50))]);

    scope.cancel('disconnect', 'gone');
    const [ended] = await Promise.allSettled([running]);
    scope.close();

    expect('reason' in ended ? ended.reason : ended.value).toEqual(end);
  });

  test('in all workers of a scope, and of scopes within', async () => {
    const recorded = record();
    const all = Array.from({ length: 4 }, () => gates());

    const error = await caughtCancel(
      cancelScope('outer', async (scope) => {
        const own = all.slice(0, 2).map((given) => scope.runInWorker(loop('default'), given));
        const inner = all
          .slice(2)
          .map((given) => cancelScope('inner', (each) => each.runInWorker(loop('default'), given)));
        await Promise.all(all.map(({ there }) => opened(there)));
        scope.cancel('shutdown');
        const ends = await Promise.allSettled([...own, ...inner]);
        expect(ends.every((end) => end.status === 'rejected' && isCancelled(end.reason, 'shutdown'))).toBe(true);
        scope.throwIfCancelled();
      }),
    );

    expect(error.reason).toBe('shutdown');
    expect(recorded.of('workerEnded').map(({ step }) => step)).toEqual(Array.from({ length: 4 }, () => 'stopped'));
  });
});

describe('O2: a task cancelled before it begins never does', () => {
  test('while its module is loading', async () => {
    const recorded = record();
    const { there, goOn } = gates();
    const ran = gate();
    const task = new URL('tasks/loading.ts', import.meta.url);

    const error = await caughtCancel(
      cancelScope('load', async (scope) => {
        const running = scope.runInWorker(task, { there, goOn, ran });
        await opened(there);
        scope.cancel('superseded');
        open(goOn);
        return running;
      }),
    );

    expect(error.reason).toBe('superseded');
    expect(Atomics.load(ran, 0)).toBe(0);
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
  });

  test('in the same step as it is sent', async () => {
    const ran = gate();
    const { goOn, there } = gates();
    open(goOn);

    const error = await caughtCancel(
      cancelScope('load', (scope) => {
        const running = scope.runInWorker(new URL('tasks/loading.ts', import.meta.url), { there, goOn, ran });
        scope.cancel();
        return running;
      }),
    );

    expect(error.reason).toBe('manual');
    expect(Atomics.load(ran, 0)).toBe(0);
  });

  test('though its module fails to load: the cancel is what the caller gets', async () => {
    const error = await caughtCancel(
      cancelScope('load', (scope) => {
        const running = scope.runInWorker(new URL('tasks/broken.ts', import.meta.url));
        scope.cancel('disconnect');
        return running;
      }),
    );

    expect(error.reason).toBe('disconnect');
  });
});
