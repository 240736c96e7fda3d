import { describe, expect, test } from 'vitest';
import { cancellable, cancelScope, currentScope, failAfter, moveOnAfter, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

/** Runs `work` inside a scope on virtual time, and moves that on. */
async function onVirtualTime<T>(work: (sleep: (ms: number) => Promise<void>) => T): Promise<Awaited<T>> {
  const clock = virtualClock();
  const run = cancelScope('outer', { clock }, () => work((ms) => sleepOn(clock, ms)));
  run.catch(() => {});
  await clock.advance(10_000);
  return await run;
}

describe('S13: failAfter', () => {
  test('gives the value of a body that is in time', async () => {
    expect(await onVirtualTime((sleep) => failAfter(100, () => sleep(99).then(() => 'value')))).toBe('value');
  });

  test('fails with a timeout of its own when it is not', async () => {
    const error = await onVirtualTime((sleep) => caughtCancel(failAfter(100, (scope) => scope.race(sleep(101)))));

    expect(error.cause).toMatchObject({ reason: 'timeout', token: { name: 'failAfter' } });
  });

  test('of 0 never runs its body', async () => {
    let ran = false;

    const error = await caughtCancel(failAfter(0, () => (ran = true)));

    expect([error.reason, ran]).toEqual(['timeout', false]);
  });
});

describe('S13: moveOnAfter', () => {
  test('gives the value of a body that is in time', async () => {
    expect(await onVirtualTime((sleep) => moveOnAfter(100, () => sleep(99).then(() => 'value')))).toBe('value');
  });

  test('gives undefined when its own time is over', async () => {
    expect(await onVirtualTime((sleep) => moveOnAfter(100, (scope) => scope.race(sleep(101))))).toBeUndefined();
    expect(await moveOnAfter(0, () => 'value')).toBeUndefined();
  });

  test('passes on the value of a body that came too late all the same', async () => {
    expect(await onVirtualTime((sleep) => moveOnAfter(100, () => sleep(200).then(() => 'late')))).toBe('late');
  });

  test('passes on an error of the body', async () => {
    const broken = new Error('broken');

    expect(await caught(moveOnAfter(100, () => Promise.reject(broken)))).toBe(broken);
  });

  test('throws on a cancel from elsewhere, also when that is a timeout further out', async () => {
    const outside = await onVirtualTime((sleep) =>
      caughtCancel(failAfter(50, () => moveOnAfter(100, (scope) => scope.race(sleep(1_000))))),
    );
    const manual = await caughtCancel(
      moveOnAfter(100, (scope) => {
        scope.cancel('superseded');
        scope.throwIfCancelled();
      }),
    );

    expect([outside.reason, manual.reason]).toEqual(['timeout', 'superseded']);
  });

  test('takes an inner timeout that passes through for the error it is', async () => {
    const error = await onVirtualTime((sleep) =>
      caughtCancel(moveOnAfter(100, () => failAfter(10, (scope) => scope.race(sleep(50))))),
    );

    expect(error.cause.token.name).toBe('failAfter');
  });
});

describe('S13: cancellable', () => {
  test('runs each call in a scope of its own, with the arguments after it', async () => {
    const seen: Scope[] = [];
    const add = cancellable({ name: 'add' }, (scope, a: number, b: number) => {
      seen.push(scope);
      return [a + b, currentScope() === scope];
    });

    const results = [await add(1, 2), await add(3, 4)];

    expect(results).toEqual([
      [3, true],
      [7, true],
    ]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
  });

  test('takes its options anew for each call', async () => {
    const load = cancellable({ name: 'load', timeoutMs: 20 }, (scope, wait: Promise<unknown>) => scope.race(wait));

    expect(await load(Promise.resolve(1))).toBe(1);
    expect(await caughtCancel(load(new Promise(() => {})))).toMatchObject({ reason: 'timeout' });
  });

  test('is named by its options, else by the function', async () => {
    const recorded = record();

    await cancellable({ name: 'given' }, () => 1)();
    await cancellable({}, function loadUser() {
      return 1;
    })();
    await cancellable({}, () => 1)();

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['given', 'loadUser', 'cancellable']);
  });
});
