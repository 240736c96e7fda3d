import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, InvalidArgumentError, observe } from '../../src/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn, processErrors } from '../support/process-errors.ts';
import { record } from '../support/record.ts';

guardLeaks();

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** Code as it is found in services: it stops with the signal's own reason. */
function legacy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

describe('F6: the code sees no difference', () => {
  test('it gets the very signal, at once', async () => {
    const { signal } = new AbortController();
    const got: unknown[] = [];

    const running = observe('work', signal, (...args) => void got.push(...args));

    expect(got).toEqual([signal]);
    expect(got[0]).toBe(signal);
    await running;
  });

  test.each([
    ['a value', 7],
    ['nothing', undefined],
    ['an object', { rows: [] }],
  ])('it gives %s', async (_what, value) => {
    const { signal } = new AbortController();

    const given = [await observe('work', signal, () => value), await observe('work', signal, async () => value)];

    expect(given[0]).toBe(value);
    expect(given[1]).toBe(value);
  });

  test.each<[what: string, thrown: unknown]>([
    ['an error', new Error('broken')],
    ['an AbortError of its own', new DOMException('aborted', 'AbortError')],
    ['no error at all', 'a string'],
    ['nothing', undefined],
  ])('it throws %s, at once or later, aborted or not', async (_what, thrown) => {
    const fail = (): never => {
      throw thrown;
    };
    const signals = [new AbortController().signal, AbortSignal.abort()];

    const errors = await Promise.all(
      signals.flatMap((signal) => [
        caught(observe('work', signal, fail)),
        caught(observe('work', signal, async () => fail())),
      ]),
    );

    for (const error of errors) expect(error).toBe(thrown);
  });

  test('it rejects with the reason of the signal, not with an error of ours', async () => {
    const controller = new AbortController();
    const reason = new Error('user left');
    const running = caught(observe('work', controller.signal, legacy));

    controller.abort(reason);

    expect(await running).toBe(reason);
  });

  test('it runs also when the signal has aborted', async () => {
    const recorded = record();

    const value = await observe('work', AbortSignal.abort(), (signal) => signal.aborted);

    expect(value).toBe(true);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'ignored', cause: { reason: 'abort' } }]);
  });

  test('a lazy thenable is started once', async () => {
    let started = 0;
    const query: PromiseLike<string> = {
      // oxlint-disable-next-line unicorn/no-thenable -- what query builders are
      then: (onValue) => {
        started++;
        return Promise.resolve('rows').then(onValue);
      },
    };

    const rows = await observe('query', new AbortController().signal, () => query);

    expect([rows, started]).toEqual(['rows', 1]);
  });

  test('its rejection reaches the process once when nobody takes it', async () => {
    const errors = processErrors();
    const broken = new Error('broken');

    void observe('work', new AbortController().signal, () => Promise.reject(broken));
    await loopTurn();

    expect(errors).toEqual([broken]);
  });

  test('its async context is that of the caller', async () => {
    const storage = new AsyncLocalStorage<string>();
    const { signal } = new AbortController();

    const inside = await storage.run('request', () => observe('work', signal, async () => storage.getStore()));

    expect(inside).toBe('request');
  });

  test('without a signal it gets undefined, and is only timed', async () => {
    const recorded = record();

    const got = await observe('work', undefined, (signal) => signal);

    expect(got).toBeUndefined();
    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
  });

  test('nothing stays on the signal', async () => {
    const { signal } = new AbortController();
    const end = deferred();
    const running = [observe('one', signal, () => end.promise), observe('two', signal, () => end.promise)];
    const during = listenersOn(signal);

    end.resolve();
    await Promise.all(running);

    expect([during, listenersOn(signal)]).toEqual([1, 0]);
  });
});

describe('observe opens a scope', () => {
  test('that is the ambient one inside, and under the one outside', async () => {
    const { signal } = new AbortController();

    const names = await cancelScope('outer', () =>
      observe('work', signal, async () => [currentScope()?.name, currentScope()?.parent?.name]),
    );

    expect(names).toEqual(['work', 'outer']);
  });

  test('whose cancel is the abort, for the scopes opened inside as well', async () => {
    const recorded = record();
    const controller = new AbortController();
    const running = caught(
      observe('work', controller.signal, () => cancelScope('inner', (scope) => scope.race(new Promise(() => {})))),
    );

    controller.abort('enough');
    await running;

    expect(recorded.of('scopeSettled')).toMatchObject([
      { outcome: 'cancelled', cause: { reason: 'parent', root: { reason: 'abort', message: 'enough' } } },
      { outcome: 'cancelled', cause: { reason: 'abort', message: 'enough' } },
    ]);
  });

  test('that is cancelled by the scope outside, while the signal is not', async () => {
    const recorded = record();
    const { signal } = new AbortController();
    const end = deferred<string>();

    const outer = cancelScope('outer', async (scope) => {
      const running = observe('work', signal, () => end.promise);
      scope.cancel('superseded');
      end.resolve('done');
      return running;
    });

    expect(await outer).toBe('done');
    expect(signal.aborted).toBe(false);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'ignored' }, { outcome: 'ignored' }]);
  });

  test.each<[what: string, name: unknown, signal: unknown, fn: unknown, argument: string]>([
    ['no name', '', new AbortController().signal, () => {}, 'name'],
    ['no signal', 'work', { aborted: false }, () => {}, 'signal'],
    ['null for a signal', 'work', null, () => {}, 'signal'],
    ['no function', 'work', new AbortController().signal, 'fn', 'fn'],
  ])('and rejects what cannot be: %s', async (_what, name, signal, fn, argument) => {
    const error = await caught(observe(name as string, signal as AbortSignal, fn as () => void));

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument });
  });
});
