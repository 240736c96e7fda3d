import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, openScope, type Scope } from '../../src/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

/** Lets code outside any scope run a function in the context a scope left behind. */
function leakContext(): Promise<<T>(fn: () => T) => Promise<T>> {
  return cancelScope('leaky', (): (<T>(fn: () => T) => Promise<T>) => {
    let run!: () => void;
    const waiting = new Promise<void>((resolve) => (run = resolve));
    let work: () => unknown = () => undefined;
    const done = waiting.then(() => work());
    return <T>(fn: () => T) => {
      work = fn;
      run();
      return done as Promise<T>;
    };
  });
}

describe('S2: the ambient scope', () => {
  test('is undefined outside any scope, also after one has ended', async () => {
    const before = currentScope();
    await cancelScope('work', async () => {
      await Promise.resolve();
    });

    expect([before, currentScope()]).toEqual([undefined, undefined]);
  });

  test.each([
    ['await', async () => await Promise.resolve()],
    ['a promise chain', () => Promise.resolve().then(() => Promise.resolve())],
    ['a microtask', () => new Promise<void>((resolve) => queueMicrotask(resolve))],
    ['process.nextTick', () => new Promise<void>((resolve) => process.nextTick(resolve))],
    ['setImmediate', () => new Promise((resolve) => setImmediate(resolve))],
    ['setTimeout', () => new Promise((resolve) => setTimeout(resolve, 0))],
  ])('crosses %s', async (_title, wait) => {
    const seen = await cancelScope('work', async (scope) => {
      await wait();
      return currentScope() === scope;
    });

    expect(seen).toBe(true);
  });

  test('is there inside the callbacks of timers and the handlers of events sent in it', async () => {
    const emitter = new EventEmitter();
    const seen: (string | undefined)[] = [];
    emitter.on('event', () => seen.push(currentScope()?.name));

    await cancelScope('work', async () => {
      emitter.emit('event');
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          seen.push(currentScope()?.name);
          emitter.emit('event');
          resolve();
        }, 0);
      });
    });

    expect(seen).toEqual(['work', 'work', 'work']);
  });

  test('is there inside a listener, that of whoever registered it', async () => {
    const stop = openScope('stop');
    let seen: string | undefined;

    await cancelScope('worker', () => {
      stop.onCancel(() => (seen = currentScope()?.name));
    });
    await cancelScope('canceller', () => stop.cancel());
    stop.close();

    expect(seen).toBe('worker');
  });

  test('does not mix up scopes that run at the same time', async () => {
    const turn = deferred();
    const look = (name: string): Promise<(string | undefined)[]> =>
      cancelScope(name, async () => {
        const first = currentScope()?.name;
        await turn.promise;
        const inner = await cancelScope(`${name}.inner`, async () => {
          await Promise.resolve();
          return currentScope()?.name;
        });
        return [first, inner, currentScope()?.name];
      });

    const both = Promise.all([look('a'), look('b')]);
    turn.resolve();

    expect(await both).toEqual([
      ['a', 'a.inner', 'a'],
      ['b', 'b.inner', 'b'],
    ]);
  });
});

describe('S2: the context a scope leaves behind', () => {
  test('opens scopes under nobody, when no scope around it is open', async () => {
    const runLeaked = await leakContext();

    const parent = await runLeaked(() => cancelScope('late', (late) => late.parent));

    expect(parent).toBeUndefined();
  });

  test('opens scopes under the next open ancestor, and its cancel reaches them', async () => {
    const outer = openScope('outer');
    const middle = outer.run(() => openScope('middle'));
    const runLeaked = await middle.run(() => leakContext());
    middle.close();
    let seen: Scope | undefined;

    const error = await caughtCancel(
      runLeaked(() =>
        cancelScope('late', (late) => {
          seen = late.parent;
          outer.cancel('shutdown');
          late.throwIfCancelled();
        }),
      ),
    );
    outer.close();

    expect(seen).toBe(outer);
    expect(error.cause.root.reason).toBe('shutdown');
  });

  test('takes part in no deadline of the scope that ended', async () => {
    let deadline: number | undefined;
    let work: Promise<void> | undefined;
    const goOn = deferred();
    await cancelScope('short', { timeoutMs: 60_000 }, () => {
      work = goOn.promise.then(() => cancelScope('late', (late) => void (deadline = late.deadline)));
    });

    goOn.resolve();
    await work;

    expect(deadline).toBe(Infinity);
  });
});
