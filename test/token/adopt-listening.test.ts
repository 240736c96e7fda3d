import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { afterAll, describe, expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { adopt, CancellationToken, InvalidArgumentError, openScope, type ReadonlyToken } from '../../src/index.ts';
import { addSharedState, removeSharedState, tokenOf } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { HandState } from '../support/hand-state.ts';
import { startThread } from '../support/thread-agent.ts';

guardLeaks();

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('F5: it listens while something hangs on it', () => {
  /** What may hang on a token; each gives back how it leaves. */
  const HANGING: readonly [what: string, hang: (token: ReadonlyToken) => () => void][] = [
    [
      'a listener',
      (token) => {
        const registration = token.onCancel(() => {});
        return () => registration.dispose();
      },
    ],
    [
      'a scope',
      (token) => {
        const scope = openScope('work', { token });
        return () => scope.close();
      },
    ],
    [
      'a combined token',
      (token) => {
        const combined = CancellationToken.any([token]);
        return () => combined.dispose();
      },
    ],
    [
      'a holder on another thread',
      (token) => {
        const held = tokenOf('token', token);
        const state = new HandState(held, false);
        addSharedState(held, state, true);
        return () => removeSharedState(held, state);
      },
    ],
  ];

  test('and not for being adopted or read', () => {
    const { signal } = new AbortController();

    const token = adopt(signal);
    const read = [token.isCancelled, token.cause, token.id, token.throwIfCancelled()];

    expect(read).toEqual([false, undefined, token.id, undefined]);
    expect(listenersOn(signal)).toBe(0);
  });

  test.each(HANGING)('once for %s, and no longer', (_what, hang) => {
    const { signal } = new AbortController();
    const token = adopt(signal);

    const leave = [hang(token), hang(token)];
    const counts = [listenersOn(signal)];
    for (const each of leave) {
      each();
      counts.push(listenersOn(signal));
    }

    expect(counts).toEqual([1, 1, 0]);
  });

  test('until the last of all kinds has left, in any order (T11)', () => {
    for (let first = 0; first < HANGING.length; first++) {
      const { signal } = new AbortController();
      const leave = HANGING.map(([, hang]) => hang(adopt(signal)));

      const counts = leave.map((_, index) => {
        leave[(first + index) % leave.length]?.();
        return listenersOn(signal);
      });

      expect(counts).toEqual([1, 1, 1, 0]);
    }
  });

  test('again when the next one comes, which hears of the abort', () => {
    const controller = new AbortController();
    const token = adopt(controller.signal);
    token.onCancel(() => {}).dispose();
    let heard = 0;
    token.onCancel(() => heard++);

    controller.abort();

    expect([heard, listenersOn(controller.signal)]).toEqual([1, 0]);
  });

  test('with one listener for tokens that derive from the signal itself, too', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const scope = openScope('work', { signal });
    const registration = adopt(signal).onCancel(() => {});
    const both = listenersOn(signal);

    registration.dispose();

    expect([both, listenersOn(signal)]).toEqual([1, 1]);
    scope.close();
    expect(listenersOn(signal)).toBe(0);
  });

  test('and reads an abort that nobody listened for', () => {
    const controller = new AbortController();
    const token = adopt(controller.signal);

    controller.abort();

    expect(token.isCancelled).toBe(true);
    expect(token.cause).toMatchObject({ reason: 'abort' });
  });

  test.each<[string, (token: ReadonlyToken) => boolean]>([
    [
      'a listener, run at once (T5)',
      (token) => {
        let heard = false;
        const registration = token.onCancel(() => (heard = true));
        return heard && !registration.dispose();
      },
    ],
    ['a combined token', (token) => CancellationToken.any([token]).isCancelled],
    ['all of several', (token) => CancellationToken.all([token, token]).isCancelled],
    ['its signal', (token) => token.signal.aborted],
    [
      'a scope',
      (token) => {
        const scope = openScope('work', { token });
        return scope.close() === 'cancelled';
      },
    ],
  ])('and what comes after an abort nobody listened for is cancelled: %s', (_what, isCancelled) => {
    const controller = new AbortController();
    const token = adopt(controller.signal);
    controller.abort();

    expect(isCancelled(token)).toBe(true);
    expect(listenersOn(controller.signal)).toBe(0);
  });

  test('and reads an abort that another listener kept from it', () => {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
    const token = adopt(controller.signal);
    let heard = 0;
    token.onCancel(() => heard++);

    controller.abort();

    expect(heard).toBe(0);
    expect(token.isCancelled).toBe(true);
    expect([heard, listenersOn(controller.signal)]).toEqual([1, 1]); // that of the other one
  });

  test('and reads an abort in the middle of its event, with all that derives from the signal (T2)', () => {
    const controller = new AbortController();
    const { signal } = controller;
    let seen: unknown;
    signal.addEventListener('abort', () => (seen = [token.isCancelled, scope.isCancelled]));
    const token = adopt(signal);
    const scope = openScope('work', { signal });
    let heard = 0;
    token.onCancel(() => heard++);

    controller.abort();

    expect(seen).toEqual([true, true]);
    expect([heard, listenersOn(signal)]).toEqual([1, 1]);
    scope.close();
  });

  test('a listener runs in order, once, in the context it was registered in (T3, T6)', () => {
    const controller = new AbortController();
    const token = adopt(controller.signal);
    const storage = new AsyncLocalStorage<string>();
    const order: unknown[] = [];
    const first = token.onCancel(() => order.push('first'));
    token.onCancel(() => order.push('second'));
    storage.run('mine', () => token.onCancel(() => order.push(storage.getStore())));
    token.onCancel(() => void token.onCancel(() => order.push('late')));
    first.dispose();

    storage.run('canceller', () => controller.abort());

    expect(order).toEqual(['second', 'mine', 'late']);
    expect(first.dispose()).toBe(false);
  });

  test('a listener that throws stops nobody, and nothing reaches the code that aborts (T4)', () => {
    const controller = new AbortController();
    const token = adopt(controller.signal);
    let heard = false;
    token.onCancel(() => {
      throw new Error('broken listener');
    });
    token.onCancel(() => (heard = true));

    controller.abort();

    expect(heard).toBe(true);
  });

  test('must be a function, and leaves nothing behind when it is not', () => {
    const { signal } = new AbortController();

    expect(() => adopt(signal).onCancel('listener' as unknown as () => void)).toThrow(InvalidArgumentError);
    expect(listenersOn(signal)).toBe(0);
  });
});

describe('shared with another thread, an adopted signal', () => {
  const worker = startThread();
  afterAll(() => worker.stop());

  test('cancels there what it cancels here, with nothing here listening', async () => {
    const controller = new AbortController();
    await worker.run.attach('client', shareToken(tokenOf('token', adopt(controller.signal))));

    controller.abort('gone');

    expect(await worker.run.read('client')).toMatchObject({
      isCancelled: true,
      cause: { reason: 'abort', message: 'gone' },
    });
  });
});
