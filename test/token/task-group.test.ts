import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, isCancelled, type Task, taskGroup } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

const never = new Promise<never>(() => {});

function raise(error: unknown): never {
  throw error;
}

describe('G1: a group', () => {
  test('gives the value of its body, after all its tasks, also those nobody awaited', async () => {
    const clock = virtualClock();
    const done: string[] = [];
    const run = taskGroup('group', { clock }, (group) => {
      for (const ms of [30, 10, 20]) group.spawn(`t${ms}`, () => sleepOn(clock, ms).then(() => done.push(`t${ms}`)));
      return 'value';
    }).finally(() => done.push('group'));

    await clock.advance(30);

    expect(await run).toBe('value');
    expect(done).toEqual(['t10', 't20', 't30', 'group']);
  });

  test('hands the values of tasks to whoever awaits them', async () => {
    const sum = await taskGroup('group', async (group) => {
      const tasks = [1, 2, 3].map((n) => group.spawn(`n${n}`, async () => n));
      const values = await Promise.all(tasks.map(({ promise }) => promise));
      return values.reduce((a, b) => a + b, 0);
    });

    expect(sum).toBe(6);
  });

  test('waits for tasks that tasks spawn', async () => {
    const done: string[] = [];

    await taskGroup('group', (group) => {
      group.spawn('first', async () => {
        await Promise.resolve();
        group.spawn('second', async () => {
          await new Promise((resolve) => setImmediate(resolve));
          done.push('second');
        });
      });
    });

    expect(done).toEqual(['second']);
  });

  test('without tasks is like a scope', async () => {
    const broken = new Error('broken');

    expect(await taskGroup('group', () => 1)).toBe(1);
    expect(await caught(taskGroup('group', () => raise(broken)))).toBe(broken);
  });

  test('runs each task in a scope of its own, under its own', async () => {
    const recorded = record();

    await taskGroup('group', (group) => {
      group.spawn('task', () => 1);
    });

    expect(recorded.of('scopeOpened')).toMatchObject([{ name: 'group' }, { name: 'task', parentName: 'group' }]);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  });

  test.each(Array.from({ length: 16 }, (_, jobs) => jobs))(
    'starts no task it does not wait for, spawned %i promise jobs after the body returned',
    async (jobs) => {
      let running = 0;
      let spawned: Promise<unknown> | undefined;

      await taskGroup('group', (group) => {
        spawned = (async () => {
          for (let job = 0; job < jobs; job++) await Promise.resolve();
          group.spawn('late', async () => {
            running++;
            await new Promise((resolve) => setImmediate(resolve));
            running--;
          });
        })().catch((error: unknown) => error);
      });
      const runningAfter = running;
      const result = await spawned;

      expect(runningAfter).toBe(0);
      expect([undefined, 'ERR_CANCELSCOPE_INVALID_STATE']).toContain((result as { code?: string } | undefined)?.code);
    },
  );
});

describe("G1: a task's own cancel", () => {
  test('is no failure of the group', async () => {
    let sibling: boolean | undefined;

    const value = await taskGroup('group', async (group) => {
      const cancelled = group.spawn('cancelled', (scope) => scope.race(never));
      const other = group.spawn('other', async (scope) => {
        await caught(cancelled.promise);
        sibling = scope.isCancelled;
      });
      cancelled.cancel('superseded');
      await other.promise;
      return 'value';
    });

    expect([value, sibling]).toEqual(['value', false]);
  });

  test('rejects its promise with the reason, and says whether it won', async () => {
    await taskGroup('group', async (group) => {
      const task = group.spawn('task', (scope) => scope.race(never));

      const won = [task.cancel('superseded', 'newer one'), task.cancel('shutdown')];

      expect(won).toEqual([true, false]);
      const error = await caughtCancel(task.promise);
      expect(error.cause.root).toMatchObject({ reason: 'superseded', message: 'newer one' });
      expect(task.scope?.outcome).toBe('cancelled');
    });
  });

  test('after its end changes nothing', async () => {
    const task = await taskGroup('group', async (group) => {
      const done = group.spawn('task', () => 1);
      await done.promise;
      return done;
    });

    expect(task.cancel()).toBe(false);
    expect(await task.promise).toBe(1);
  });

  test('is the error of a body that awaits it and lets it through', async () => {
    const error = await caughtCancel(
      taskGroup('group', async (group) => {
        const task = group.spawn('task', (scope) => scope.race(never));
        task.cancel('superseded');
        await task.promise;
      }),
    );

    expect(isCancelled(error, 'superseded')).toBe(true);
  });

  test('leaves nobody with an unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);

    await taskGroup('group', (group) => {
      group.spawn('task', (scope) => scope.race(never)).cancel();
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
  });
});

describe('a group that is cancelled from outside', () => {
  test('cancels its tasks with parent, waits for them, and throws its CancelledError', async () => {
    const stop = new CancellationToken();
    const cleanUp = deferred();
    const steps: string[] = [];
    const run = caughtCancel(
      taskGroup('group', { token: stop }, (group) => {
        group.spawn('task', async (scope) => {
          await caught(scope.race(never));
          await cleanUp.promise;
          steps.push(`task ${scope.cause?.reason}`);
          scope.throwIfCancelled();
        });
      }),
    ).finally(() => steps.push('group'));

    stop.cancel('shutdown');
    cleanUp.resolve();

    expect((await run).cause.root.reason).toBe('shutdown');
    expect(steps).toEqual(['task parent', 'group']);
  });

  test('by its deadline is a timeout, and its own error', async () => {
    const clock = virtualClock();
    const run = caughtCancel(
      taskGroup('group', { clock, timeoutMs: 50 }, async (group) => {
        const task = group.spawn('task', (scope) => scope.race(never));
        await task.promise;
      }),
    );

    await clock.advance(50);

    expect((await run).cause).toMatchObject({ reason: 'timeout', token: { name: 'group' } });
  });

  test('with tasks that return all the same gives the value of the body', async () => {
    const recorded = record();

    const value = await taskGroup('group', async (group) => {
      const task: Task<string> = group.spawn('task', async () => {
        group.scope.cancel();
        return 'value';
      });
      return task.promise;
    });

    expect(value).toBe('value');
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['ignored', 'ignored']);
  });

  test('still throws the failure of a task', async () => {
    const broken = new Error('clean-up failed');

    const error = await caught(
      taskGroup('group', (group) => {
        group.spawn('task', (scope) => scope.race(never).catch(() => raise(broken)));
        group.scope.cancel('shutdown');
      }),
    );

    expect(error).toBe(broken);
  });

  test('inside a scope that was cancelled never runs its body', async () => {
    let ran = false;

    await caughtCancel(
      cancelScope('outer', (scope) => {
        scope.cancel();
        return taskGroup('group', () => (ran = true));
      }),
    );

    expect(ran).toBe(false);
  });
});
