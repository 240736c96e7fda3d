/** What monitors here know of a task when its caller has the answer. */
import { describe, expect, test, vi } from 'vitest';
import { cancelScope } from '../../../../src/index.ts';
import { gate, open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { blockUntil, gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const ECHO = new URL('tasks/values.ts', import.meta.url);
const AT_THE_END = { file: ECHO, name: 'atTheEnd' };
const SLOW_MODULE = new URL('tasks/slow-module.ts', import.meta.url);

guardWork();

/** Names and outcomes of the scopes of other threads, as far as monitors here were told. */
function settledThere(recorded: ReturnType<typeof record>): unknown[] {
  return recorded.events.flatMap(({ hook, event: [scope, event] }) => {
    const { name, origin } = scope as { name: string; origin: { threadId: number } };
    return hook === 'scopeSettled' && origin.threadId !== 0 ? [[name, (event as { outcome: string }).outcome]] : [];
  });
}

describe('K3: the scope of a task has been heard of to its end', () => {
  test('before the answer is there', async () => {
    const recorded = record();

    for (const round of [1, 2, 3]) {
      await cancelScope('sender', (scope) => scope.runInWorker(ECHO, round, { name: `task ${round}` }));

      expect(settledThere(recorded)).toContainEqual([`task ${round}`, 'completed']);
    }
  });

  test('though this thread was busy from the beginning of its thread to the end', async () => {
    const recorded = record();
    const end = gate();

    await cancelScope('sender', (scope) => {
      const running = scope.runInWorker(AT_THE_END, end, { name: 'short' });
      blockUntil(end, 100);
      return running;
    });

    expect(settledThere(recorded)).toEqual([['short', 'completed']]);
  });

  test('as far as it has come, while it runs, though its module took long to load', async () => {
    const recorded = record();
    const given = gates();

    const running = cancelScope('sender', (scope) => scope.runInWorker(SLOW_MODULE, given, { name: 'long' }));
    await opened(given.there);
    await vi.waitFor(() => expect(recorded.sequence('long')).toEqual(['scopeOpened']));
    open(given.goOn);
    await running;

    expect(recorded.sequence('long')).toEqual(['scopeOpened', 'scopeSettled']);
  });
});
