import { describe, expect, test } from 'vitest';
import { CancellationToken, taskGroup, type TaskGroup } from '../../src/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

const never = new Promise<never>(() => {});

function raise(error: unknown): never {
  throw error;
}

describe('G2: the first failure', () => {
  const broken = new Error('first');

  test('cancels the rest with sibling and is thrown, untouched', async () => {
    const seen: (string | undefined)[] = [];

    const error = await caught(
      taskGroup('group', (group) => {
        for (const name of ['a', 'b']) {
          group.spawn(name, async (scope) => {
            await caught(scope.race(never));
            seen.push(scope.cause?.reason);
            scope.throwIfCancelled();
          });
        }
        group.spawn('broken', () => Promise.reject(broken));
      }),
    );

    expect(error).toBe(broken);
    expect(seen).toEqual(['sibling', 'sibling']);
  });

  test('gives the group the outcome failed, and its siblings cancelled', async () => {
    const recorded = record();

    await caught(
      taskGroup('group', (group) => {
        group.spawn('sibling', (scope) => scope.race(never));
        group.spawn('broken', () => raise(broken));
      }),
    );

    const outcomes = Object.fromEntries(
      recorded.events.flatMap(({ hook, scope, event }) =>
        hook === 'scopeSettled' ? [[scope, (event[1] as { outcome: string }).outcome]] : [],
      ),
    );
    expect(outcomes).toEqual({ group: 'failed', broken: 'failed', sibling: 'cancelled' });
  });

  test("may be the body's", async () => {
    let reason: string | undefined;

    const error = await caught(
      taskGroup('group', async (group) => {
        group.spawn('task', async (scope) => {
          await caught(scope.race(never));
          reason = scope.cause?.reason;
        });
        await Promise.resolve();
        throw broken;
      }),
    );

    expect([error, reason]).toEqual([broken, 'sibling']);
  });

  test('reaches a body that awaits the failing task, and counts once', async () => {
    let group: TaskGroup | undefined;

    const error = await caught(
      taskGroup('group', async (own) => {
        group = own;
        await own.spawn('broken', () => Promise.reject(broken)).promise;
      }),
    );

    expect(error).toBe(broken);
    expect(group?.errors).toEqual([]);
  });

  test('stays what is thrown when the body wraps it', async () => {
    let group: TaskGroup | undefined;
    const wrapped = new Error('loading failed', { cause: broken });

    const error = await caught(
      taskGroup('group', async (own) => {
        group = own;
        await own.spawn('broken', () => Promise.reject(broken)).promise.catch(() => raise(wrapped));
      }),
    );

    expect(error).toBe(broken);
    expect(group?.errors).toEqual([wrapped]);
  });

  test('ends a body that waits for something else', async () => {
    const error = await caught(
      taskGroup('group', async (group) => {
        group.spawn('broken', () => Promise.reject(broken));
        await group.scope.race(never);
      }),
    );

    expect(error).toBe(broken);
  });

  test.each([
    ['a bare AbortError', new DOMException('aborted', 'AbortError')],
    ['undefined', undefined],
    ['null', null],
  ])('is thrown untouched when it is %s', async (_title, first) => {
    const fromTask = await taskGroup('group', (group) => {
      group.spawn('task', () => raise(first));
    }).catch((error: unknown) => ({ error }));
    const fromBody = await taskGroup('group', () => raise(first)).catch((error: unknown) => ({ error }));

    expect(fromTask).toHaveProperty('error', first);
    expect(fromBody).toHaveProperty('error', first);
  });

  test('may be the cancel of another token', async () => {
    const other = new CancellationToken({ name: 'other' });
    other.cancel('superseded');

    const error = await caughtCancel(
      taskGroup('group', (group) => {
        group.spawn('task', () => other.throwIfCancelled());
      }),
    );

    expect(error.cause).toBe(other.cause);
  });

  test('keeps further ones in group.errors, and reports them', async () => {
    const recorded = record();
    const [second, third] = [new Error('second'), new Error('third')];
    let group: TaskGroup | undefined;

    const error = await caught(
      taskGroup('group', (own) => {
        group = own;
        own.spawn('first', () => raise(broken));
        for (const further of [second, third])
          own.spawn('further', (scope) => scope.race(never).catch(() => raise(further)));
      }),
    );

    expect(error).toBe(broken);
    expect(group?.errors).toEqual([second, third]);
    expect(recorded.of('listenerFailed').map(({ error: reported }) => reported)).toEqual([second, third]);
  });
});
