import { describe, expect, test } from 'vitest';
import { CancelledError, cancelScope, openScope, type Scope } from '../../src/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

async function inScope<T>(use: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = openScope('work');
  try {
    return await use(scope);
  } finally {
    scope.close();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('S9: race', () => {
  test('gives the value, or the error, of a promise that is first', async () => {
    await inScope(async (scope) => {
      const broken = new Error('broken');

      expect(await scope.race(Promise.resolve(3))).toBe(3);
      expect(await caught(scope.race(Promise.reject(broken)))).toBe(broken);
    });
  });

  test('rejects at once when the cancel is first, whatever becomes of the promise', async () => {
    await inScope(async (scope) => {
      const never = scope.race(new Promise(() => {}));

      scope.cancel('superseded');

      expect(await caught(never)).toMatchObject({ name: 'AbortError', reason: 'superseded', cause: scope.cause });
    });
  });

  test('rejects in a scope cancelled before', async () => {
    await inScope(async (scope) => {
      scope.cancel();

      expect(await caught(scope.race(Promise.resolve(1)))).toBeInstanceOf(CancelledError);
    });
  });

  test('never resumes with success once cancelled, even if the promise had already resolved', async () => {
    await inScope(async (scope) => {
      const race = scope.race(Promise.resolve(1));

      scope.cancel();

      expect(await caught(race)).toBeInstanceOf(CancelledError);
    });
  });

  test('never resumes with success when the promise resolves inside a listener of the same cancel', async () => {
    await inScope(async (scope) => {
      const { promise, resolve } = deferred<number>();
      scope.onCancel(() => resolve(1));
      const race = scope.race(promise);

      scope.cancel();

      expect(await caught(race)).toBeInstanceOf(CancelledError);
    });
  });

  test('settles for a thenable that resolves synchronously inside a listener of an outer token', async () => {
    const outer = openScope('outer');
    const inner = openScope('inner', { parent: outer });
    let done: ((value: number) => void) | undefined;
    const thenable = {
      // oxlint-disable-next-line unicorn/no-thenable -- what is under test
      then: (resolve: (value: number) => void) => void (done = resolve),
    } as unknown as PromiseLike<number>;
    const race = caught(inner.race(thenable));
    await turn();
    outer.onCancel(() => done?.(1));

    outer.cancel();
    const result = await Promise.race([race, turn().then(turn)]);
    inner.close();
    outer.close();

    expect(result).toBeInstanceOf(CancelledError);
  });

  test('leaves no listener on the scope, however the promise ended', async () => {
    await inScope(async (scope) => {
      const { liveCounts } = await import('../../src/instrumentation/index.ts');
      const before = liveCounts().listeners;

      await scope.race(Promise.resolve());
      await caught(scope.race(Promise.reject(new Error('broken'))));
      await scope.race(5 as never).catch(() => {});
      await scope.race(undefined as never).catch(() => {});

      expect(liveCounts().listeners).toBe(before);
    });
  });

  test('leaves the error of a promise it left behind to nobody', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    await inScope(async (scope) => {
      const { promise, reject } = deferred();
      const race = caught(scope.race(promise));
      scope.cancel();
      await race;

      reject(new Error('too late'));
      await turn();
    });
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
  });
});

describe('S9: what race left behind', () => {
  test('is tracked until it ends, well or badly', async () => {
    await inScope(async (scope) => {
      const [first, second] = [deferred(), deferred()];
      const races = [caught(scope.race(first.promise)), caught(scope.race(second.promise))];
      const counts = [scope.leftBehind];

      scope.cancel();
      await Promise.all(races);
      counts.push(scope.leftBehind);
      first.resolve();
      await turn();
      counts.push(scope.leftBehind);
      second.reject(new Error('late'));
      await turn();
      counts.push(scope.leftBehind);

      expect(counts).toEqual([0, 2, 1, 0]);
    });
  });

  test('hands a value that comes too late to dispose, once, also after the scope ended', async () => {
    const late = deferred<string>();
    const disposed: string[] = [];
    const error = await caughtCancel(
      cancelScope('work', (scope) => {
        scope.cancel();
        return scope.race(late.promise, { dispose: (value) => disposed.push(value) });
      }),
    );

    late.resolve('connection');
    await turn();

    expect(error.reason).toBe('manual');
    expect(disposed).toEqual(['connection']);
  });

  test('hands dispose the value of a promise that had already resolved', async () => {
    await inScope(async (scope) => {
      const disposed: string[] = [];
      const race = caught(scope.race(Promise.resolve('file'), { dispose: (value) => disposed.push(value) }));

      scope.cancel();
      await race;
      await turn();

      expect(disposed).toEqual(['file']);
    });
  });

  test('hands dispose nothing when the value was in time', async () => {
    await inScope(async (scope) => {
      const disposed: string[] = [];

      await scope.race(Promise.resolve('file'), { dispose: (value) => disposed.push(value) });
      scope.cancel();
      await turn();

      expect(disposed).toEqual([]);
    });
  });

  test.each([
    ['throws', () => raise()],
    ['rejects', () => Promise.reject(new Error('dispose failed'))],
    [
      'gives a thenable that rejects',
      // oxlint-disable-next-line unicorn/no-thenable -- what is under test
      () => ({ then: (_: unknown, no: (e: Error) => void) => no(new Error('dispose failed')) }),
    ],
  ])('reports a dispose that %s, and goes on', async (_title, dispose) => {
    const recorded = record();
    await inScope(async (scope) => {
      scope.cancel();

      await caught(scope.race(Promise.resolve(1), { dispose }));
      await turn();

      expect(scope.leftBehind).toBe(0);
      expect(recorded.of('listenerFailed')).toMatchObject([
        { scopeName: 'work', error: { message: 'dispose failed' } },
      ]);
    });
  });
});

function raise(): never {
  throw new Error('dispose failed');
}
