import { describe, expect, test } from 'vitest';
import { registerMonitor } from '../../src/index.ts';
import type { WireEvent } from '../../src/instrumentation/event-wire.ts';
import { type ScopeInfo, systemClock } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { monitorInTest, record } from '../support/record.ts';
import {
  batch,
  cause,
  counted,
  DELIVERED,
  life,
  ORIGIN,
  remoteReadings,
  SETTLED,
  threadsForTests,
  wireScope,
} from './remote-batches.ts';

guardLeaks();
const thread = threadsForTests();
const openInTest = openerForTests();

describe('what arrives', () => {
  test('is told to monitors in order, each event as it was', () => {
    const recorded = record();

    thread().receive(batch(life('w-1')));

    expect(recorded.sequence('render')).toEqual([
      'scopeOpened',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
    const [settled] = recorded.of('scopeSettled');
    expect(settled).toMatchObject({ outcome: 'cancelled', error: undefined, ownDeadline: false });
    expect(settled?.cause?.toJSON()).toEqual(cause);
  });

  test('V5: is of one scope, the same object each time, that says where it runs', () => {
    const scopes: ScopeInfo[] = [];
    const note = (scope: ScopeInfo): void => void scopes.push(scope);
    monitorInTest({ scopeOpened: note, cancelDelivered: note, cancelAcknowledged: note, scopeSettled: note });
    const from = thread();

    from.receive(batch(life('w-1').slice(0, 2)));
    from.receive(batch(life('w-1').slice(2)));

    expect(new Set(scopes).size).toBe(1);
    expect(scopes).toHaveLength(4);
    expect(scopes[0]).toMatchObject({ id: 'w-1', name: 'render', origin: ORIGIN });
  });

  test('V1: counts on the clock here', () => {
    const recorded = record();
    const scope = wireScope('w-1', { deadline: 900 });

    thread().receive(batch([['scopeOpened', scope, {}], ...life('w-1').slice(1)], { aheadMs: 5_000 }));

    const [info] = recorded.of('scopeOpened');
    const [settled] = recorded.of('scopeSettled');
    const at = [info?.openedAt, settled?.phases?.requestedAt, settled?.phases?.acknowledgedAt, settled?.settledAt];
    expect([...at, info?.deadline].map((instant) => Math.round(instant ?? NaN))).toEqual([
      -4_900, -4_890, -4_888, -4_880, -4_100,
    ]);
    expect(info?.openedWallTime).toBeCloseTo(systemClock.toWallTime(-4_900), -1);
  });

  test('is of no scope, and told as it is', () => {
    const recorded = record();
    const request = { token: { id: 't', name: 'stop' }, reason: 'manual', result: 'redundant', sourceThread: 'ui' };

    thread().receive(batch([['cancelRequested', undefined, { ...request, cause: undefined }]]));

    expect(recorded.of('cancelRequested')).toEqual([{ ...request, cause: undefined }]);
  });

  test('knows the scope around it: one of its thread, and one here that its token came from', () => {
    const recorded = record();
    const here = openInTest();
    recorded.clear();

    thread().receive(
      batch([
        ['scopeOpened', wireScope('w-1', { parentId: here.id, parentName: 'work' }), {}],
        ['scopeOpened', wireScope('w-2', { parentId: 'w-1', parentName: 'render' }), {}],
        ['scopeOpened', wireScope('w-3', { parentId: 'somebody', parentName: 'gone' }), {}],
      ]),
    );

    const [outer, inner, lost] = recorded.of('scopeOpened');
    expect(outer).toMatchObject({ parentId: here.id, parentName: 'work' });
    expect([outer?.foreign?.parent?.id, inner?.foreign?.parent, lost?.foreign?.parent]).toEqual([
      here.id,
      outer,
      undefined,
    ]);
    expect(lost).toMatchObject({ parentId: 'somebody', parentName: 'gone' });
  });

  test('is dropped when it is of a scope whose beginning was missed, and counted', () => {
    const recorded = record();
    const before = counted();

    thread().receive(batch(life('w-1').slice(1), { dropped: 10 }));

    expect(recorded.events).toEqual([]);
    expect(counted()).toEqual({ ok: before.ok, dropped: before.dropped + 13 });
  });

  test('is told from the middle of a life on, when a monitor came late', () => {
    const recorded = record();
    const before = counted();

    thread().receive(
      batch([
        ['cancelDelivered', wireScope('w-1'), DELIVERED],
        ['scopeSettled', 'w-1', SETTLED],
      ]),
    );

    expect(recorded.sequence('render')).toEqual(['cancelDelivered', 'scopeSettled']);
    expect(counted().ok).toBe(before.ok + 2);
    expect(remoteReadings()).toEqual([]);
  });
});

test('V5: is one scope also where it is announced twice', () => {
  const recorded = record();

  thread().receive(
    batch([
      ['scopeOpened', wireScope('w-1'), {}],
      ['scopeSettled', wireScope('w-1'), SETTLED],
    ]),
  );

  const scopes = new Set(recorded.events.map(({ event }) => event[0]));
  expect(scopes.size).toBe(1);
  expect(remoteReadings()).toEqual([]);
});

describe('what is open on other threads', () => {
  test('is read from here: open, pending, given up, ended', () => {
    record();
    const from = thread();
    const read: unknown[] = [];
    const abandoned = { ...SETTLED, outcome: 'abandoned' };
    const steps: WireEvent[] = [
      ['scopeOpened', wireScope('w-1'), {}],
      ['cancelDelivered', 'w-1', DELIVERED],
      ['scopeSettled', 'w-1', abandoned],
      ['zombieDetected', 'w-1', { cause, abandonedAt: 120 }],
      ['zombieEnded', 'w-1', { abandonedAt: 120, endedAt: 200, requestedAt: 110, result: 'returned' }],
    ];

    for (const step of steps) {
      from.receive(batch([step]));
      read.push(...remoteReadings().map(({ pending, zombie }) => ({ pending, zombie })), step[0]);
    }

    expect(read).toEqual([
      { pending: false, zombie: false },
      'scopeOpened',
      { pending: true, zombie: false },
      'cancelDelivered',
      { pending: false, zombie: true },
      'scopeSettled',
      { pending: false, zombie: true },
      'zombieDetected',
      'zombieEnded',
    ]);
  });

  test('tells of zombies: that there is one, and that it ended', () => {
    const recorded = record();

    thread().receive(
      batch([
        ...life('w-1').slice(0, 2),
        ['scopeSettled', 'w-1', { ...SETTLED, outcome: 'abandoned' }],
        ['zombieDetected', 'w-1', { cause, abandonedAt: 120 }],
        ['zombieEnded', 'w-1', { abandonedAt: 120, endedAt: 200, requestedAt: 110, result: 'threw' }],
      ]),
    );

    expect(recorded.sequence('render').slice(2)).toEqual(['scopeSettled', 'zombieDetected', 'zombieEnded']);
    expect(recorded.of('zombieEnded')).toMatchObject([{ result: 'threw' }]);
  });

  test('is forgotten when the thread announces its scopes anew: what ended meanwhile was not heard of', () => {
    record();
    const from = thread();
    from.receive(batch([...life('w-1').slice(0, 1), ...life('w-2').slice(0, 1)]));

    from.receive({ ...batch([['cancelDelivered', wireScope('w-2'), DELIVERED]]), afresh: true });

    expect(remoteReadings()).toEqual([{ name: 'render', pending: true, zombie: false }]);
  });

  test('is forgotten while nobody listens: how it goes on is not heard', () => {
    const from = thread();
    const monitor = registerMonitor({});
    from.receive(batch(life('w-1').slice(0, 1)));
    const heard = remoteReadings().length;

    monitor[Symbol.dispose]();
    from.receive(batch(life('w-2').slice(0, 1)));

    expect([heard, remoteReadings()]).toEqual([1, []]);
  });
});
