import { describe, expect, test } from 'vitest';
import { adopt, observe } from '../../src/index.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn } from '../support/process-errors.ts';
import { monitorInTest, record } from '../support/record.ts';

guardLeaks();

/** Code as it is found in services: it stops with the signal's own reason. */
function legacy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

/** Code that has a handler where others have a listener. */
function onabort(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    Object.assign(signal, { onabort: resolve });
  });
}

describe('F7: what can be seen of its noticing', () => {
  /** How, and whether at all, the code in `fn` was seen to notice the abort of `signal`. */
  async function noticed(fn: (signal: AbortSignal) => unknown, before?: () => void): Promise<unknown> {
    const seen: unknown[] = [];
    monitorInTest({ cancelAcknowledged: (_scope, { mechanism }) => void seen.push(mechanism) });
    const controller = new AbortController();
    if (before !== undefined) controller.signal.addEventListener('abort', before);
    const running = observe('work', controller.signal, fn).catch(() => {});
    controller.abort();
    await running;
    return seen;
  }

  test.each<[what: string, fn: (signal: AbortSignal) => unknown, mechanisms: string[]]>([
    ['a listener it put on the signal', (signal) => legacy(signal).catch(() => 1), ['listener']],
    ['an onabort handler', onabort, ['listener']],
    ['the error it ended with', (signal) => loopTurn().then(() => signal.throwIfAborted()), ['await']],
    ['no look at aborted', (signal) => loopTurn().then(() => signal.aborted), []],
    ['nothing', () => loopTurn(), []],
  ])('is %s', async (_what, fn, mechanisms) => {
    expect(await noticed(fn)).toEqual(mechanisms);
  });

  test('is no listener that was there before', async () => {
    expect(
      await noticed(
        () => loopTurn(),
        () => {},
      ),
    ).toEqual([]);
  });

  test('is on a shared signal a listener of its own first steps, and not that of others', async () => {
    const recorded = record();
    const controller = new AbortController();
    const listen = (signal: AbortSignal): Promise<unknown> => legacy(signal).catch(() => 1);
    const running = [
      observe('deaf', controller.signal, () => loopTurn()),
      observe('listening', controller.signal, listen),
      observe('deaf too', controller.signal, () => loopTurn()),
      observe('listening too', controller.signal, listen),
    ];

    controller.abort();
    await Promise.all(running);

    const noticed = ['deaf', 'listening', 'deaf too', 'listening too'].map((name) =>
      recorded.sequence(name).includes('cancelAcknowledged'),
    );
    expect(noticed).toEqual([false, true, false, true]);
  });

  test('is on a shared signal no listener of its first steps that has left', async () => {
    const recorded = record();
    const controller = new AbortController();
    const running = ['one', 'two'].map((name) =>
      observe(name, controller.signal, (signal) => {
        const listener = (): void => {};
        signal.addEventListener('abort', listener);
        queueMicrotask(() => signal.removeEventListener('abort', listener));
        return loopTurn();
      }),
    );

    await Promise.resolve();
    controller.abort();
    await Promise.all(running);

    expect(recorded.of('cancelAcknowledged')).toEqual([]);
  });

  test.each([
    [1, true],
    [2, false],
  ])('of %i works on a signal, is a later listener: %s', async (works, seen) => {
    const recorded = record();
    const controller = new AbortController();
    const running = Array.from({ length: works }, () =>
      observe('work', controller.signal, async (signal) => {
        await Promise.resolve();
        return legacy(signal).catch(() => 1);
      }),
    );

    await loopTurn();
    controller.abort();
    await Promise.all(running);

    expect(recorded.of('cancelAcknowledged').length > 0).toBe(seen);
  });

  test('is a later listener again when the others on the signal have ended', async () => {
    const recorded = record();
    const controller = new AbortController();
    adopt(controller.signal).onCancel(() => {}); // so that ours stays on the signal between the two
    await observe('before', controller.signal, () => loopTurn());
    const running = observe('work', controller.signal, async (signal) => {
      await Promise.resolve();
      return legacy(signal).catch(() => 1);
    });

    await loopTurn();
    controller.abort();
    await running;

    expect(recorded.of('cancelAcknowledged')).toMatchObject([{ mechanism: 'listener' }]);
  });

  test('is an abort by the code itself, in its first steps', async () => {
    const recorded = record();
    const controller = new AbortController();
    const end = deferred();
    const other = observe('other', controller.signal, () => end.promise);

    await observe('work', controller.signal, (signal) => {
      signal.addEventListener('abort', () => {});
      controller.abort();
    });
    end.resolve();
    await other;

    expect(recorded.sequence('work')).toContain('cancelAcknowledged');
    expect(recorded.sequence('other')).not.toContain('cancelAcknowledged');
  });

  test('is no listener among more work on one signal than is told apart', async () => {
    const recorded = record();
    const controller = new AbortController();
    const running = Array.from({ length: 150 }, () =>
      observe('work', controller.signal, (signal) => legacy(signal).catch(() => 1)),
    );

    controller.abort();
    await Promise.all(running);

    expect(recorded.of('cancelAcknowledged')).toHaveLength(100);
    expect(recorded.of('scopeSettled')).toHaveLength(150);
  });
});
