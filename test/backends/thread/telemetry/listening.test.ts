import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken, registerMonitor } from '../../../../src/index.ts';
import { openScopeReadings } from '../../../../src/instrumentation/index.ts';
import { systemClock } from '../../../../src/token/index.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { startThread } from '../../../support/thread-agent.ts';
import { agentForFile, agentsForTests, listen, told } from './scope-agent.ts';

guardLeaks();
const startAgent = agentsForTests();
const agent = agentForFile();
const { run } = agent;

describe('V4: while this thread has no monitor', () => {
  test('a worker that was told builds nothing, and what went on is not heard of later', async () => {
    await told([agent], false);
    const listeners = await run.listening();
    await run.burst('unheard', 100);

    await using listening = await listen([agent]);
    await run.open('heard');
    await run.close('heard');
    await listening.heard('scopeSettled', 'heard');

    expect(listeners).toEqual([]);
    expect(listening.sequence('unheard')).toEqual([]);
    expect(listening.sequence('heard')).toEqual(['scopeOpened', 'scopeSettled']);
  });

  test('it stops when the last one is gone, not before', async () => {
    const first = await listen();
    const second = await listen([agent]);

    await first[Symbol.asyncDispose]();
    await run.open('one');
    await run.close('one');
    await second.heard('scopeSettled', 'one');
    await second[Symbol.asyncDispose]();

    expect(await run.listening()).toEqual([]);
  });

  test('a scope that goes on meanwhile is no longer open here, however it ends; one heard of again is', async () => {
    const before = await listen([agent]);
    await run.open('ends-unheard');
    await run.open('goes-on');
    await before.heard('scopeOpened', 'goes-on');
    await before[Symbol.asyncDispose]();
    await run.close('ends-unheard');
    const unheard = open();

    await using listening = await listen([agent]);
    const atFirst = open();
    await run.cancel('goes-on');
    await listening.heard('cancelDelivered', 'goes-on');
    const afterwards = open();
    await run.close('goes-on');
    await listening.heard('scopeSettled', 'goes-on');

    expect([unheard, atFirst, afterwards, open()]).toEqual([[], [], ['goes-on'], []]);
    expect(listening.sequence('goes-on')).toEqual(['cancelDelivered', 'cancelAcknowledged', 'scopeSettled']);
  });

  test('it may come and go at once: nothing is lost afterwards, and nothing comes twice', async () => {
    for (let round = 0; round < 20; round++) registerMonitor({})[Symbol.dispose]();
    await using listening = await listen([agent]);

    await run.open('after');
    await run.close('after');
    await listening.heard('scopeSettled', 'after');

    expect(listening.sequence('after')).toEqual(['scopeOpened', 'scopeSettled']);
  });
});

describe('V4: of what no monitor here hears', () => {
  test('tokens and progress are not sent', async () => {
    await using _listening = await listen([agent], ['scopeSettled']);

    expect(await run.listening()).not.toEqual(expect.arrayContaining(['tokenCreated']));
    expect(await run.listening()).not.toEqual(expect.arrayContaining(['progressReported']));
  });

  test('tokens and progress are sent as soon as one does', async () => {
    await using _listening = await listen([agent], ['scopeSettled']);
    await using hearing = await listen([agent], ['tokenCreated', 'progressReported']);
    while (!(await run.listening()).includes('tokenCreated'));

    await run.make('made-there');
    await hearing.heard('tokenCreated');

    expect(hearing.of('tokenCreated').map(({ token }) => token.name)).toContain('made-there');
  });
});

/** The names of the scopes open on other threads. */
function open(): string[] {
  return [...openScopeReadings()].map(({ name }) => name);
}

describe('V3: a worker that ends', () => {
  test('before it was told sends what it has', async () => {
    await using listening = await listen();
    const stop = new CancellationToken({ name: 'stop' });
    const program = new URL('agents/short-program.ts', import.meta.url);

    const { worker } = startThread(program, { handle: shareToken(stop) });
    const code = await new Promise((resolve) => worker.once('exit', resolve));
    await listening.heard('scopeSettled', 'short');
    stop.dispose();

    expect(code).toBe(0);
    expect(listening.sequence('short')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(listening.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });

  test.each([
    ['leaves by itself', 'leave', 0],
    ['calls process.exit', 'exit', 3],
    ['crashes', 'crash', 1],
  ] as const)('and %s sends what it has; what it left open failed', async (_how, command, code) => {
    await using listening = await listen();
    const { run, worker } = startAgent();
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    await run.open('left-open');
    await run.open('done');
    await run.close('done');

    await (run[command] as (code: number) => Promise<unknown>)(code).catch(() => {}); // no answer, where it is gone
    expect(await exited).toBe(code);
    await listening.heard('scopeSettled', 'left-open');

    expect(listening.sequence('done')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(listening.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed', 'failed']);
    expect(open()).toEqual([]);
  });

  test('V6: and is terminated takes its open scopes along: cancelled if they had been, else failed', async () => {
    await using listening = await listen();
    const stop = new CancellationToken({ name: 'stop' });
    const { run, stop: terminate } = startAgent({ token: stop });
    await run.start('cancelled', { token: 'given' });
    await run.start('running');
    stop.cancel('shutdown');
    await run.look('cancelled');
    await listening.heard('cancelDelivered', 'cancelled');
    await listening.heard('scopeOpened', 'running');

    const terminatedAt = systemClock.now();
    await terminate();
    await listening.heard('scopeSettled', undefined, 2);

    const [cancelled, failed] = listening.of('scopeSettled');
    const { requestedAt = NaN, deliveredAt = NaN } = cancelled?.phases ?? {};
    expect(cancelled).toMatchObject({ outcome: 'cancelled', phases: { boundary: 'thread' } });
    expect(cancelled?.cause?.root.toJSON()).toEqual(stop.cause?.toJSON());
    expect(requestedAt <= deliveredAt && deliveredAt <= terminatedAt).toBe(true);
    expect(cancelled?.settledAt).toBeGreaterThanOrEqual(terminatedAt);
    expect(failed).toMatchObject({ outcome: 'failed', error: { message: expect.stringMatching(/thread ended/) } });
    expect(open()).toEqual([]);
  });

  test('V6: takes its zombies along', async () => {
    await using listening = await listen();
    const { run, stop: terminate } = startAgent();
    await run.start('stuck', { graceMs: 1 });
    await run.cancel('stuck', 'superseded');
    await listening.heard('zombieDetected', 'stuck');
    const zombies = [...openScopeReadings()].filter(({ zombie }) => zombie).length;

    await terminate();
    await listening.heard('zombieEnded', 'stuck');

    expect(zombies).toBe(1);
    expect(listening.sequence('stuck')).toEqual([
      'scopeOpened',
      'cancelDelivered',
      'scopeSettled',
      'zombieDetected',
      'zombieEnded',
    ]);
    expect(open()).toEqual([]);
  });
});
