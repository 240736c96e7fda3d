import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, openScope, registerMonitor } from '../../src/index.ts';
import { reportClientDisconnect } from '../../src/instrumentation/index.ts';
import { recordingMonitor } from '../../src/testing/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

describe('recordingMonitor', () => {
  test('writes down events in order, with the scope they are about', async () => {
    const recorded = monitorInTest(recordingMonitor());

    await cancelScope('outer', () => cancelScope('inner', () => 1));

    expect(recorded.events.filter(({ scope }) => scope !== undefined).map(({ hook, scope }) => [hook, scope])).toEqual([
      ['scopeOpened', 'outer'],
      ['scopeOpened', 'inner'],
      ['scopeSettled', 'inner'],
      ['scopeSettled', 'outer'],
    ]);
  });

  test('gives the sequence of hooks, of all or of one scope', async () => {
    const recorded = monitorInTest(recordingMonitor());

    await cancelScope('outer', () => cancelScope('inner', () => 1));

    expect(recorded.sequence('inner')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(recorded.sequence()).toHaveLength(recorded.events.length);
    expect(recorded.sequence('nobody')).toEqual([]);
  });

  test('gives the details of a hook, whether it has one argument or two', () => {
    const recorded = monitorInTest(recordingMonitor());
    const token = new CancellationToken({ name: 'stop' });
    const scope = openScope('work');

    token.cancel('shutdown');
    reportClientDisconnect({ method: 'GET', phase: 'streaming' });
    scope.close();

    expect(recorded.of('tokenCreated')[0]).toMatchObject({ token: { name: 'stop' } });
    expect(recorded.of('tokenCancelled')).toMatchObject([{ cause: { reason: 'shutdown' }, targets: 1 }]);
    expect(recorded.of('scopeOpened')).toMatchObject([{ name: 'work' }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'GET', phase: 'streaming' }]);
    expect(recorded.of('zombieEnded')).toEqual([]);
  });

  test('forgets when told to', async () => {
    const recorded = monitorInTest(recordingMonitor());
    await cancelScope('work', () => 1);

    recorded.clear();

    expect(recorded.events).toEqual([]);
    expect(recorded.sequence()).toEqual([]);
  });

  test('records nothing until registered, and nothing once taken off', async () => {
    const recorded = recordingMonitor();
    await cancelScope('before', () => 1);
    const registration = registerMonitor(recorded);
    await cancelScope('during', () => 1);
    registration[Symbol.dispose]();
    await cancelScope('after', () => 1);

    expect(new Set(recorded.events.flatMap(({ scope }) => scope ?? []))).toEqual(new Set(['during']));
  });

  test('does not keep two recordings in one', async () => {
    const [first, second] = [monitorInTest(recordingMonitor()), monitorInTest(recordingMonitor())];
    await cancelScope('work', () => 1);

    first.clear();

    expect(second.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
  });
});
