import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../src/index.ts';
import { type ScopeInfo, systemClock, systemReading } from '../../../../src/token/index.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { openerForTests } from '../../../support/open-in-test.ts';
import { agentForFile, agentsForTests, listen, type ScopeAgent } from './scope-agent.ts';

guardLeaks();
const openInTest = openerForTests();
const startAgent = agentsForTests();
const agent = agentForFile({ name: 'thumbnailer' });
const { run } = agent;

/** Two clocks are read one after the other: so far their zeros may be apart, in ms. */
const APART_MS = 1;

describe('J1: scopes of a worker that holds a token of this thread', () => {
  test('are heard of here, their events in order, with no call that starts it', async () => {
    await using listening = await listen([agent]);

    await run.start('render', { token: 'given' });
    await run.listen('render');
    await run.cancel('render', 'superseded', 'newer frame');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    expect(listening.sequence('render')).toEqual([
      'scopeOpened',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
    expect(listening.of('scopeSettled')).toMatchObject([{ outcome: 'ignored', cause: { reason: 'superseded' } }]);
  });

  test('are what they were there: id, name, attributes, where they ran', async () => {
    await using listening = await listen([agent]);
    const { threadId } = agent.worker;

    const id = await run.open('render', { attributes: { width: 640, kind: 'jpeg' }, timeoutMs: 60_000 });
    await run.close('render');
    await listening.heard('scopeSettled', 'render');

    const [scope] = listening.of('scopeOpened') as [ScopeInfo];
    expect(scope).toMatchObject({ id, name: 'render', attributes: { width: 640, kind: 'jpeg' } });
    expect(scope.origin).toEqual({ pid: process.pid, threadId, threadName: 'thumbnailer' });
    expect(scope.deadline - scope.openedAt).toBeCloseTo(60_000, 3);
  });

  test('are under the scope here whose token they were given', async () => {
    await using listening = await listen([agent]);
    const request = openInTest();
    await run.attach('request', shareToken(request.token));

    await run.open('render', { token: 'request' });
    await run.open('step', { parent: 'render' });
    await run.open('alone');
    for (const name of ['step', 'render', 'alone']) await run.close(name);
    await listening.heard('scopeSettled', 'alone');

    const [, render, step, alone] = listening.of('scopeOpened');
    expect(render).toMatchObject({ parentId: request.id, parentName: 'work' });
    expect(step).toMatchObject({ parentId: render?.id, parentName: 'render' });
    expect(alone?.parentId).toBeUndefined();
    expect(render?.foreign?.parent?.id).toBe(request.id);
    expect(step?.foreign?.parent).toBe(render);
  });

  test.each([
    ['plain', 'Error'],
    ['typed', 'TypeError'],
    ['subclass', 'DeclinedError'],
  ] as const)('failed with an error: it comes as an error, %s', async (kind, name) => {
    await using listening = await listen([agent]);

    await run.start('render');
    await run.finish('render', kind);
    await listening.heard('scopeSettled', 'render');

    const [settled] = listening.of('scopeSettled');
    expect(settled).toMatchObject({ outcome: 'failed', cause: undefined, phases: undefined });
    expect(settled?.error).toBeInstanceOf(Error);
    expect(settled?.error).toMatchObject({ name, message: 'declined' });
  });

  test('tell all of their progress, but for what cannot be sent', async () => {
    await using listening = await listen([agent]);

    await run.open('render');
    for (const progress of [{ rows: 3 }, 'half', null]) await run.report('render', progress);
    await run.close('render');
    await listening.heard('scopeSettled', 'render');

    expect(listening.of('progressReported').map(({ progress }) => progress)).toEqual([
      { rows: 3 },
      'half',
      '(a value that cannot be sent)',
    ]);
  });

  test.each([
    ['attributes', (run) => run.odd('odd')],
    ['an error', (run) => run.start('odd').then(() => run.finish('odd', 'hostile'))],
  ] as [string, (run: ScopeAgent['run']) => Promise<unknown>][])(
    'with %s that cannot be sent are heard of, and so is what comes after',
    async (_what, odd) => {
      await using listening = await listen();
      const { run } = startAgent(); // of its own: it may be the last that is heard of it

      await odd(run);
      await run.open('after');
      await run.close('after');
      await listening.heard('scopeSettled', 'after');

      expect(listening.sequence('odd')).toEqual(['scopeOpened', 'scopeSettled']);
    },
  );
});

describe('V1: times of a scope on another thread', () => {
  test('are on the clock here, in order, and between what happened here before and after', async () => {
    await using listening = await listen([agent]);
    const stop = new CancellationToken({ name: 'stop' });
    await run.attach('stop', shareToken(stop));

    const start = systemClock.now();
    await run.start('render', { token: 'stop' });
    const opened = systemClock.now();
    stop.cancel('shutdown');
    const cancelled = systemClock.now();
    await run.listen('render');
    const acknowledged = systemClock.now();
    await run.finish('render');
    const ended = systemClock.now();
    await listening.heard('scopeSettled', 'render');

    const [scope] = listening.of('scopeOpened');
    const [settled] = listening.of('scopeSettled');
    const { requestedAt = NaN, deliveredAt = NaN, acknowledgedAt = NaN } = settled?.phases ?? {};
    const { openedAt = NaN } = scope ?? {};
    const settledAt = settled?.settledAt ?? NaN;
    const inOrder = [openedAt, requestedAt, deliveredAt, acknowledgedAt, settledAt];
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    expect(isBetween(openedAt, start, opened)).toBe(true);
    expect(isBetween(requestedAt, opened, cancelled)).toBe(true);
    expect(isBetween(acknowledgedAt, cancelled, acknowledged)).toBe(true);
    expect(isBetween(settledAt, acknowledged, ended)).toBe(true);
    stop.dispose();
  });

  test('are those of that thread, read on the host’s clock', async () => {
    await using listening = await listen([agent]);

    const before = await run.now();
    await run.open('render');
    const after = await run.now();
    await run.close('render');
    await listening.heard('scopeOpened', 'render');

    const [scope] = listening.of('scopeOpened');
    expect(isBetween(scope?.openedAt, systemReading(before), systemReading(after))).toBe(true);
    expect(Math.abs((scope?.openedWallTime ?? NaN) - Date.now())).toBeLessThan(60_000);
  });
});

function isBetween(instant = NaN, from: number, to: number): boolean {
  return from - APART_MS <= instant && instant <= to + APART_MS;
}
