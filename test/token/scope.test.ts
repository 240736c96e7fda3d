import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, openScope, registry, triggers } from '../../src/index.ts';
import { liveCounts } from '../../src/instrumentation/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

const broken = new Error('start failed');
const failing = (): never => {
  throw broken;
};

describe('S12: a scope that fails to open', () => {
  test('undoes what it had opened: triggers, timers, links, listing', async () => {
    const clock = virtualClock();
    const token = new CancellationToken();
    const controller = new AbortController();
    const stopped: string[] = [];
    const started = (name: string) => () => ({ [Symbol.dispose]: () => void stopped.push(name) });
    const before = liveCounts();
    let ran = false;

    const error = await caught(
      cancelScope(
        'work',
        {
          clock,
          timeoutMs: 100,
          token,
          signal: controller.signal,
          triggers: [started('first'), started('second'), failing, started('never')],
        },
        () => (ran = true),
      ),
    );

    expect(error).toBe(broken);
    expect(ran).toBe(false);
    expect(stopped.sort()).toEqual(['first', 'second']);
    expect(clock.pendingTimers).toBe(0);
    expect(registry.snapshot()).toEqual([]);
    expect(liveCounts()).toEqual(before);
    expect(token.cancel()).toBe(true);
  });

  test('undoes what stood inside anyOf and allOf too', async () => {
    for (const compose of [triggers.anyOf, triggers.allOf]) {
      const stopped: string[] = [];
      const started = () => ({ [Symbol.dispose]: () => void stopped.push('inside') });

      const error = await caught(cancelScope('work', { triggers: [compose(started, failing)] }, () => 1));

      expect(error).toBe(broken);
      expect(stopped).toEqual(['inside']);
    }
  });

  test('is balanced in what monitors hear: opened, then settled as failed with that error', async () => {
    const recorded = record();

    await caught(cancelScope('work', { triggers: [failing] }, () => 1));

    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed', error: broken }]);
  });

  test('leaves its parent as it was', async () => {
    const parent = openScope('outer');

    await caught(cancelScope('work', { parent, triggers: [failing] }, () => 1));
    const seen = [parent.state, registry.tree()[0]?.children.length];
    parent.close();

    expect(seen).toEqual(['open', 0]);
  });

  test('is an openScope that throws', () => {
    expect(() => openScope('work', { triggers: [failing] })).toThrow(broken);
    expect(registry.snapshot()).toEqual([]);
  });
});

describe('S12: clean-up', () => {
  test('goes on when a trigger fails to stop; that is reported, and the outcome stands', async () => {
    const recorded = record();
    const stopped: string[] = [];

    const value = await cancelScope(
      'work',
      {
        triggers: [
          () => ({ [Symbol.dispose]: failing }),
          () => ({ [Symbol.dispose]: () => void stopped.push('second') }),
        ],
      },
      () => 'value',
    );

    expect(value).toBe('value');
    expect(stopped).toEqual(['second']);
    expect(recorded.of('listenerFailed')).toMatchObject([{ scopeName: 'work', error: broken }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });

  test('happens once, in a scope that was cancelled as in any other', async () => {
    let stops = 0;

    await caughtCancel(
      cancelScope('work', { triggers: [() => ({ [Symbol.dispose]: () => void stops++ })] }, (scope) => {
        scope.cancel();
        scope.throwIfCancelled();
      }),
    );

    expect(stops).toBe(1);
  });

  test('is not cut short by a cancel from inside it', async () => {
    const recorded = record();
    const stopped: string[] = [];
    const scope = openScope('work', {
      triggers: [
        () => ({ [Symbol.dispose]: () => void stopped.push(String(scope.cancel())) }),
        () => ({ [Symbol.dispose]: () => void stopped.push('second') }),
      ],
    });

    scope.close();

    expect(stopped).toEqual(['false', 'second']);
    expect(recorded.of('cancelRequested')).toMatchObject([{ result: 'late' }]);
    expect(scope).toMatchObject({ outcome: 'completed', isCancelled: false, cause: undefined });
  });
});

describe('triggers of a scope', () => {
  test('that fire while starting count as cancelled on entry, and those after them do not start', async () => {
    const started: string[] = [];

    const error = await caughtCancel(
      cancelScope(
        'work',
        {
          triggers: [
            { name: 'at once', start: (cancel) => cancel('condition', 'met already') },
            { name: 'next', start: () => void started.push('next') },
          ],
        },
        () => started.push('body'),
      ),
    );

    expect(error.cause).toMatchObject({ reason: 'condition', message: 'met already', via: ['at once'] });
    expect(started).toEqual([]);
  });

  test('that fire after the end change nothing', async () => {
    let fire!: () => void;
    const scope = openScope('work', { triggers: [(cancel) => void (fire = cancel)] });
    scope.close();

    fire();

    expect(scope).toMatchObject({ outcome: 'completed', isCancelled: false });
  });

  test.each([
    ['null', () => null],
    ['a function', () => () => {}],
    ['a promise that rejects', () => Promise.reject(new Error('async start'))],
  ])('whose start gives %s are refused, or harmless', async (_title, start) => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);

    const result = await cancelScope('work', { triggers: [start as never] }, () => 'value').catch(
      (error: unknown) => (error as { argument?: string }).argument,
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);

    expect(['value', 'triggers']).toContain(result);
    expect(unhandled).toEqual([]);
  });
});
