import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import {
  CancellationToken,
  type CancellationCauseData,
  cancelScope,
  type RunInWorkerOptions,
  type Scope,
  type ScopeOptions,
} from '../../../../src/index.ts';
import { virtualClock } from '../../../../src/testing/index.ts';
import { caughtCancel } from '../../../support/caught.ts';
import { open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';
import { withoutTimers } from './without-timers.ts';
import type { OwnScope } from './tasks/own-scope.ts';

const FILE = new URL('tasks/own-scope.ts', import.meta.url);
const LOOK = new URL('tasks/loops.ts', import.meta.url);

const workers = guardWork();

/** What the task of a scope runs in, and that scope. */
async function described(
  options: ScopeOptions = {},
  workerOptions?: RunInWorkerOptions,
): Promise<{ own: OwnScope; scope: Scope; remainingMs: number; threadId: number }> {
  return cancelScope('render', options, async (scope) => {
    const running = scope.runInWorker<OwnScope>(FILE, undefined, workerOptions);
    const threadId = await new Promise<number>((resolve) => {
      setImmediate(() => resolve(workers.all[0]?.threadId ?? -1));
    });
    return { own: await running, scope, remainingMs: scope.remainingMs, threadId };
  });
}

describe('O1: a task runs in a scope of its own', () => {
  test('that is the one it is given and the ambient one, then and later', async () => {
    const { own } = await described();

    expect(own).toMatchObject({ isCurrent: true, isCurrentLater: true, listed: [own.id] });
  });

  test('called like the scope that sent it, with an id of its own, on another thread', async () => {
    const { own, scope, threadId } = await described();

    expect(own.name).toBe('render');
    expect(own.id).not.toBe(scope.id);
    expect(own.threadId).toBe(threadId);
    expect(own.threadId).not.toBe(0);
  });

  test('called by `name`', async () => {
    expect((await described({}, { name: 'tile' })).own.name).toBe('tile');
  });

  test('whose parent is the scope that sent it', async () => {
    const { own, scope } = await described();

    expect(own.parentId).toBe(scope.id);
    expect(own.parentName).toBe('render');
  });

  test('that has none of its attributes', async () => {
    const { own } = await described({ attributes: { tenant: 'a' } });

    expect(own.attributes).toBeUndefined();
  });

  test('without a deadline, if the sender has none', async () => {
    expect((await described()).own.remainingMs).toBe(Infinity);
  });

  test('with the deadline of the sender', async () => {
    const { own, remainingMs } = await described({ timeoutMs: 600_000 });

    expect(own.remainingMs).toBeGreaterThan(remainingMs - 1);
    expect(own.remainingMs).toBeLessThan(600_000);
  });

  test('with the deadline of a scope further out', async () => {
    const { own } = await cancelScope('outer', { timeoutMs: 600_000 }, () => described({ timeoutMs: 900_000 }));

    expect(own.remainingMs).toBeLessThan(600_000);
  });

  test('without a deadline that is on another clock: that comes as a cancel', async () => {
    const clock = virtualClock();
    const { there, goOn } = gates();
    const { own } = await described({ timeoutMs: 50, clock });
    expect(own.remainingMs).toBe(Infinity);

    const looking = caughtCancel(
      cancelScope('look', { timeoutMs: 50, clock }, (scope) => scope.runInWorker(LOOK, { there, goOn })),
    );
    await opened(there);
    await clock.advance(50);

    expect(await looking).toMatchObject({ reason: 'timeout', cause: { token: { name: 'look' } } });
  });
});

describe('a deadline that the task notices first', () => {
  test('ends the scope that sent it with `timeout`, as its own timer would have (S5, S9)', async () => {
    const recorded = record();
    const { there, goOn } = gates();

    const error = await caughtCancel(
      withoutTimers(() =>
        cancelScope('render', { timeoutMs: 700 }, (scope) => scope.runInWorker(LOOK, { there, goOn })),
      ),
    );

    expect(error).toMatchObject({ reason: 'timeout', cause: { token: { name: 'render' } } });
    const own = recorded.events.filter(({ hook, event }) => hook === 'scopeSettled' && isHere(event[0]));
    expect(own.map(({ event }) => event[1])).toMatchObject([{ outcome: 'cancelled', ownDeadline: true }]);
    expect(recorded.of('workerEnded')).toMatchObject([{ step: 'stopped' }]);
  });

  test('of a scope further out, ends that one with `timeout` and the sender with it', async () => {
    const { there, goOn } = gates();

    const error = await caughtCancel(
      withoutTimers(() =>
        cancelScope('outer', { timeoutMs: 700 }, () =>
          cancelScope('inner', (scope) => scope.runInWorker(LOOK, { there, goOn })),
        ),
      ),
    );

    expect(error).toMatchObject({ reason: 'timeout', cause: { token: { name: 'outer' } } });
  });
});

describe('the thread of a task', () => {
  async function originOf(options?: RunInWorkerOptions): Promise<CancellationCauseData['origin']> {
    const task = { file: FILE, name: 'cancelFromHere' };
    const token = new CancellationToken({ name: 'theirs' });
    const cause = await cancelScope('render', (scope) =>
      scope.runInWorker<CancellationCauseData>(task, shareToken(token), options),
    );
    expect(token.cause?.toJSON()).toEqual(cause);
    return cause.origin;
  }

  test('is called `worker` in causes', async () => {
    expect(await originOf()).toEqual({ pid: process.pid, threadId: workers.all[0]?.threadId, threadName: 'worker' });
  });

  test('is called by `name`, as far as a thread may be', async () => {
    expect(await originOf({ name: 'tile' })).toMatchObject({ threadName: 'tile' });
    expect(await originOf({ name: 'x'.repeat(100) })).toMatchObject({ threadName: 'x'.repeat(64) });
  });
});

test('its cause has all of the cancel: reason, message, origin, and the chain from where it began (C3)', async () => {
  const { there, goOn } = gates();
  const task = { file: LOOK, name: 'lookAndReturn' };

  const seen = await cancelScope('outer', async (outer) => {
    const running = cancelScope('inner', (scope) => scope.runInWorker<CancellationCauseData>(task, { there, goOn }));
    await opened(there);
    outer.cancel('disconnect', 'tab closed');
    return running;
  });
  open(goOn);

  expect(seen).toMatchObject({ reason: 'parent', token: { name: 'inner' }, origin: { threadId: 0 } });
  let root = seen;
  while (root.parent !== undefined) root = root.parent;
  expect(root).toMatchObject({ reason: 'disconnect', message: 'tab closed', token: { name: 'outer' } });
});

function isHere(scope: unknown): boolean {
  return (scope as { origin: { threadId: number } }).origin.threadId === 0;
}
