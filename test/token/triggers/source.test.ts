import { EventEmitter, getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope, triggers } from '../../../src/index.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { loopTurn, processErrors } from '../../support/process-errors.ts';

guardLeaks();

describe('R1: event', () => {
  test('cancels at the next event of an emitter, and listens no more once the scope ended', () => {
    const emitter = new EventEmitter();
    const scope = openScope('work', { triggers: [triggers.event(emitter, 'drain')] });

    emitter.emit('other');
    const early = scope.isCancelled;
    emitter.emit('drain');
    scope.close();

    expect(early).toBe(false);
    expect(scope.cause).toMatchObject({ reason: 'condition', message: 'event "drain"', via: ['event', 'drain'] });
    expect(emitter.listenerCount('drain')).toBe(0);
  });

  test('cancels at the next event of an EventTarget', () => {
    const target = new EventTarget();
    const scope = openScope('work', { triggers: [triggers.event(target, 'offline')] });

    target.dispatchEvent(new Event('offline'));

    expect(scope.cause?.reason).toBe('condition');
    scope.close();
    expect(getEventListeners(target, 'offline')).toEqual([]);
  });

  test('leaves no listener when nothing happened', () => {
    const [emitter, target] = [new EventEmitter(), new EventTarget()];

    openScope('work', { triggers: [triggers.event(emitter, 'x'), triggers.event(target, 'x')] }).close();

    expect([emitter.listenerCount('x'), getEventListeners(target, 'x').length]).toEqual([0, 0]);
  });
});

describe('R1: promise', () => {
  test('cancels with condition when it resolves', async () => {
    const ready = deferred();
    const scope = openScope('work', { triggers: [triggers.promise(ready.promise)] });

    ready.resolve();
    await ready.promise;

    expect(scope.cause).toMatchObject({ reason: 'condition', via: ['promise'] });
    scope.close();
  });

  test('cancels with error, and its message, when it rejects', async () => {
    const failed = deferred();
    const scope = openScope('work', { triggers: [triggers.promise(failed.promise)] });

    failed.reject(new Error('database gone'));
    await loopTurn();

    expect(scope.cause).toMatchObject({ reason: 'error', message: 'database gone' });
    scope.close();
  });

  test.each([
    ['nothing', undefined],
    [
      'a getter that throws',
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          throw new Error('hostile');
        },
      }),
    ],
    [
      'a proxy that refuses everything',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('hostile');
          },
          getPrototypeOf: () => {
            throw new Error('hostile');
          },
        },
      ),
    ],
  ])('cancels also when it rejects with %s', async (_what, error) => {
    const atProcess = processErrors();
    const failed = deferred();
    const scope = openScope('work', { triggers: [triggers.promise(failed.promise)] });

    failed.reject(error);
    await loopTurn();

    expect(scope.cause?.reason).toBe('error');
    expect(atProcess).toEqual([]);
    scope.close();
  });

  test('that rejects after the scope ended reaches nobody', async () => {
    const atProcess = processErrors();
    const failed = deferred();
    const scope = openScope('work', { triggers: [triggers.promise(failed.promise)] });
    scope.close();

    failed.reject(new Error('too late'));
    await loopTurn();

    expect([scope.outcome, scope.isCancelled]).toEqual(['completed', false]);
    expect(atProcess).toEqual([]);
  });
});

describe('R1: abortSignal', () => {
  test('cancels with what the reason of the signal says', () => {
    const controller = new AbortController();
    const scope = openScope('work', { triggers: [triggers.abortSignal(controller.signal)] });

    controller.abort(new DOMException('too slow', 'TimeoutError'));

    expect(scope.cause).toMatchObject({ reason: 'timeout', message: 'too slow', via: ['abortSignal'] });
    scope.close();
  });

  test('cancels at once for one that has aborted', () => {
    const scope = openScope('work', { triggers: [triggers.abortSignal(AbortSignal.abort('done'))] });

    expect(scope.cause).toMatchObject({ reason: 'abort', message: 'done' });
    scope.close();
  });

  test('gives the reason and message of our own error back', () => {
    const source = new CancellationToken();
    const scope = openScope('work', { triggers: [triggers.abortSignal(source.signal)] });

    source.cancel('disconnect', 'client left');

    expect(scope.cause?.root).toMatchObject({ reason: 'disconnect', message: 'client left' });
    scope.close();
  });

  test('leaves no listener behind', () => {
    const { signal } = new AbortController();

    openScope('work', { triggers: [triggers.abortSignal(signal)] }).close();

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('refuses what is no AbortSignal', () => {
    expect(() => triggers.abortSignal({} as never)).toThrow(expect.objectContaining({ argument: 'signal' }));
  });
});

describe('R1: token', () => {
  test('cancels with the reason and message of the token', () => {
    const token = new CancellationToken({ name: 'stop-button' });
    const scope = openScope('work', { triggers: [triggers.token(token.readonly())] });

    token.cancel('superseded', 'newer');

    expect(scope.cause).toMatchObject({ reason: 'superseded', message: 'newer', via: ['token', 'stop-button'] });
    scope.close();
  });

  test('cancels at once for one that has been cancelled', () => {
    const token = new CancellationToken();
    token.cancel('shutdown');

    const scope = openScope('work', { triggers: [triggers.token(token)] });

    expect(scope.cause?.reason).toBe('shutdown');
    scope.close();
  });

  test('never cancels the token (S1), and listens no more once the scope ended', () => {
    const token = new CancellationToken();
    const scope = openScope('work', { triggers: [triggers.token(token)] });
    scope.cancel();
    scope.close();

    expect([token.isCancelled, token.cancel()]).toEqual([false, true]);
  });
});
