import { describe, expect, test } from 'vitest';
import { CancellationToken, currentScope, isCancelled } from '../../../src/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { beginRequest as begin, over } from '../../support/request-view.ts';

guardLeaks();

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Q1: a request ends', () => {
  test('when its answer is closed and its handler has settled, in either order', async () => {
    for (const first of ['answer', 'handler']) {
      const { work, outcomes } = begin();
      const handler = deferred<string>();
      const result = work.run(() => handler.promise);
      if (first === 'answer') work.close(true);
      else handler.resolve('done');
      await settled();
      expect(outcomes()).toEqual([]);

      if (first === 'answer') handler.resolve('done');
      else work.close(true);
      await over(work);

      expect(await result).toBe('done');
      expect(outcomes()).toEqual(['completed']);
    }
  });

  test('when the last of several handlers has settled', async () => {
    const { work, outcomes } = begin();
    const [first, second] = [deferred(), deferred()];
    const both = [work.run(() => first.promise), work.run(() => second.promise)];
    work.close(true);
    first.resolve();
    await settled();
    expect(outcomes()).toEqual([]);

    second.resolve();
    await Promise.all(both);
    await over(work);

    expect(outcomes()).toEqual(['completed']);
  });

  test('with its answer, where handlers return no promise', async () => {
    const { work, outcomes } = begin();

    expect(work.run(() => 5)).toBe(5);
    work.close(true);
    work.close(false);
    await over(work);

    expect(outcomes()).toEqual(['completed']);
  });

  test('as failed when a handler threw, whatever was answered then', async () => {
    const { work, outcomes } = begin();
    const error = new Error('bug');

    const thrown = await caught(work.run(() => Promise.reject(error)));
    work.close(true);
    await over(work);

    expect(thrown).toBe(error);
    expect(outcomes()).toEqual(['failed']);
  });

  test('its handlers run in its scope', async () => {
    const { work, scope } = begin();

    const seen = work.run(async () => {
      await settled();
      return currentScope();
    });
    expect(await seen).toBe(scope);
    work.close(true);
    await over(work);
  });
});

describe('Q2: a client that goes away', () => {
  test('cancels it, and it counts as cancelled when no handler is left', async () => {
    const { work, view, outcomes, recorded, scope } = begin();
    work.run(() => 'the answer streams on');

    view.leave('streaming');
    expect(scope.isCancelled).toBe(true);
    expect(work.isForNobody).toBe(true);
    work.close(false);
    await over(work);

    expect(outcomes()).toEqual(['cancelled']);
    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'GET', phase: 'streaming' }]);
    expect(view.isWatched()).toBe(false);
  });

  test('shows who goes on: a handler that never looked is counted as ignoring it', async () => {
    const { work, view, outcomes } = begin();
    const handler = deferred();
    const result = work.run(() => handler.promise);
    view.leave();
    work.close(false);
    await settled();
    expect(outcomes()).toEqual([]);

    handler.resolve();
    await result;
    await over(work);

    expect(outcomes()).toEqual(['ignored']);
  });

  test.each([
    ['detach', [] as string[]],
    [{ afterMs: 50 }, ['disconnect']],
    ['cancel', ['disconnect']],
  ] as const)('by the policy %j', async (onDisconnect, reasons) => {
    const { work, view, clock, recorded, scope } = begin({ onDisconnect });
    const handler = deferred();
    const result = work.run(() => handler.promise);

    view.leave();
    work.close(false);
    const before = scope.isCancelled;
    await clock.advance(50);
    const after = scope.isCancelled;
    handler.resolve();
    await result;
    await over(work);

    expect([before, after]).toEqual([onDisconnect === 'cancel', onDisconnect !== 'detach']);
    expect(recorded.of('cancelRequested').map(({ cause }) => cause?.reason)).toEqual(reasons);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
  });

  test('is not cancelled after its time is over and it has ended', async () => {
    const { work, view, clock, recorded } = begin({ onDisconnect: { afterMs: 50 } });
    work.run(() => 1);
    view.leave();
    work.close(false);
    await over(work);

    await clock.advance(100);

    expect(recorded.of('cancelRequested')).toEqual([]);
  });
});

describe('Q3: what a handler throws', () => {
  test('because of the request’s cancel says how it is to be answered', async () => {
    const { work, clock, outcomes, scope } = begin({ timeoutMs: 10 });
    const thrown = caught(work.run(() => scope.race(new Promise(() => {}))));

    await clock.advance(10);
    const error = await thrown;
    work.close(true);
    await over(work);

    expect(error).toMatchObject({ status: 504 });
    expect(isCancelled(error, 'timeout')).toBe(true);
    expect(outcomes()).toEqual(['cancelled']);
  });

  test('synchronously, too', async () => {
    const { work, scope } = begin();
    scope.cancel('shutdown');

    expect(() => work.run(() => scope.throwIfCancelled())).toThrow(expect.objectContaining({ status: 503 }));
    work.close(true);
    await over(work);
  });

  test('for a reason of its own stays what it is: a bug, or another token’s cancel', async () => {
    const { work, view } = begin();
    const other = new CancellationToken();
    other.cancel();
    view.leave();

    for (const error of [new Error('bug'), await caught((async () => other.throwIfCancelled())())]) {
      expect(await caught(work.run(() => Promise.reject(error)))).toBe(error);
    }
    work.close(false);
    await over(work);
  });
});

describe('a request is given up', () => {
  test('before it begins, when it is cancelled by then', async () => {
    const token = new CancellationToken();
    token.cancel('shutdown');
    const { work, outcomes } = begin({ token });

    expect(work.scope).toBeUndefined();
    expect(await caught(over(work))).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(outcomes()).toEqual(['cancelled']);
    work.close(true);
  });

  test('when its handler outlasts its grace, and its late end is nobody’s', async () => {
    const { work, clock, outcomes, recorded } = begin({ timeoutMs: 10, graceMs: 20 });
    const handler = deferred<string>();
    const result = work.run(() => handler.promise);

    await clock.advance(30);
    const error = await caught(over(work));
    const zombies = recorded.of('zombieDetected').length;
    handler.resolve('late');
    work.close(true);

    expect(await result).toBe('late');
    expect(error).toMatchObject({ status: 504 });
    expect(outcomes()).toEqual(['abandoned']);
    expect(zombies).toBe(1);
    await settled();
    expect(recorded.of('zombieEnded')).toHaveLength(1);
  });
});
