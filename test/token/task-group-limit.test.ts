import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled, taskGroup, type Task, type TaskGroup } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

const never = new Promise<never>(() => {});

describe('G3: limit', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [100, 10],
    [Infinity, 10],
    [1.5, 1],
    [2.999, 2],
  ])('of %s runs %s of 10 tasks at once', async (limit, expected) => {
    const clock = virtualClock();
    let running = 0;
    let most = 0;
    const run = taskGroup('group', { clock, limit }, (group) => {
      for (let n = 0; n < 10; n++) {
        group.spawn('task', async () => {
          most = Math.max(most, ++running);
          await sleepOn(clock, 10);
          running--;
        });
      }
    });

    await clock.advance(100);
    await run;

    expect(most).toBe(expected);
  });

  test('starts queued tasks in the order they were spawned', async () => {
    const order: number[] = [];

    await taskGroup('group', { limit: 2 }, (group) => {
      for (let n = 0; n < 6; n++) group.spawn('task', async () => void order.push(n));
    });

    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('goes on with the next when a task was cancelled', async () => {
    const done: string[] = [];

    await taskGroup('group', { limit: 1 }, (group) => {
      const stuck = group.spawn('stuck', (scope) => scope.race(never));
      group.spawn('next', () => done.push('next'));
      stuck.cancel();
    });

    expect(done).toEqual(['next']);
  });

  test.each([0, -1, Number.NaN, -Infinity, '2', null, {}])(
    'of %o is refused by name, and nothing is opened',
    async (limit) => {
      let ran = false;

      const error = await caught(taskGroup('group', { limit: limit as number }, () => (ran = true)));

      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'limit' });
      expect((error as Error).message).toContain('tasks');
      expect(ran).toBe(false);
    },
  );
});

describe('G3: a queued task', () => {
  /** A group of one running and three queued tasks. */
  async function queue(end: (group: TaskGroup, queued: Task[]) => unknown) {
    const started: string[] = [];
    let queued: Task[] = [];
    const result = await taskGroup('group', { limit: 1 }, async (group) => {
      group.spawn('running', (scope) => scope.race(never));
      queued = ['a', 'b', 'c'].map((name) => group.spawn(name, () => void started.push(name)) as Task);
      await end(group, queued);
    }).then(
      () => 'returned',
      (error: unknown) => error,
    );
    const ends = await Promise.all(queued.map(({ promise }) => caught(promise)));
    return { started, result, ends, queued };
  }

  test('never starts after the group was cancelled, and its promise says so', async () => {
    const { started, result, ends } = await queue((group) => group.scope.cancel('shutdown'));

    expect(started).toEqual([]);
    expect(isCancelled(result, 'shutdown')).toBe(true);
    expect(ends.map((error) => isCancelled(error, 'shutdown'))).toEqual([true, true, true]);
  });

  test('never starts after a failure; the reason is sibling', async () => {
    const { started, ends } = await queue(() => {
      throw new Error('broken');
    });

    expect(started).toEqual([]);
    expect(ends.map((error) => isCancelled(error, 'sibling'))).toEqual([true, true, true]);
  });

  test('cancelled while it waits never starts, and has no scope', async () => {
    const started: string[] = [];

    await taskGroup('group', { limit: 1 }, async (group) => {
      const first = group.spawn('first', (scope) => scope.race(never));
      const second = group.spawn('second', () => void started.push('second'));
      const third = group.spawn('third', () => void started.push('third'));
      second.cancel('superseded');
      first.cancel();

      expect((await caughtCancel(second.promise)).reason).toBe('superseded');
      expect(second.scope).toBeUndefined();
      await third.promise;
    });

    expect(started).toEqual(['third']);
  });

  test('cancelled while it waits hears of it at once, not when its turn comes', async () => {
    await taskGroup('group', { limit: 1 }, async (group) => {
      const first = group.spawn('first', (scope) => scope.race(never));
      const second = group.spawn('second', () => 1);

      second.cancel('superseded');
      const result = await Promise.race([
        caught(second.promise),
        new Promise((resolve) => setImmediate(resolve, 'still waiting')),
      ]);
      first.cancel();

      expect(isCancelled(result, 'superseded')).toBe(true);
    });
  });
});

describe('G3: spawning after the cancel', () => {
  test('starts nothing; the task is cancelled at once', async () => {
    let ran = false;

    await caughtCancel(
      taskGroup('group', async (group) => {
        group.scope.cancel('shutdown');
        const task = group.spawn('late', () => (ran = true));
        await task.promise;
      }),
    );

    expect(ran).toBe(false);
  });

  test('is an error once the group has ended', async () => {
    const group = await taskGroup('group', (own) => own);

    expect(() => group.spawn('late', () => 1)).toThrow('has ended');
  });

  test('has the ambient scope of the group, not of the spawner', async () => {
    const parent = await taskGroup('group', (group) =>
      cancelScope('spawner', async () => group.spawn('task', (scope) => scope.parent?.name).promise),
    );

    expect(parent).toBe('group');
  });
});
