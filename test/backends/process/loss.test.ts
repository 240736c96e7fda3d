import { fork } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { attachToken, shareToken } from '../../../src/backends/process/index.ts';
import { linkThrough } from '../../../src/backends/process/process-links.ts';
import { CancellationToken, openScope, registerMonitor } from '../../../src/index.ts';
import { recordingMonitor } from '../../../src/testing/index.ts';
import { sharedStatesOf } from '../../../src/token/index.ts';
import { runProgram } from '../../support/run-program.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { processErrors } from '../../support/process-errors.ts';
import { endOf, messageFrom, outputOf, startProcess, startProgram } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const program = (name: string): string => join(import.meta.dirname, 'agents', name);
const NOTHING = { tokens: 0, unanswered: 0, remembered: 0 };

describe('U3: when a channel closes', () => {
  test('a cancel on its way to a child that is killed counts as dropped, once', async () => {
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    await using agent = startProcess();
    await using scope = openScope('request', { detached: true });
    const link = linkThrough(agent.child);
    await agent.run.attach('request', shareToken(scope.token, agent.child));
    void agent.run.block();
    expect(await messageFrom(agent.child)).toBe('blocked');

    scope.cancel('disconnect');
    expect(link.counts).toMatchObject({ tokens: 0, unanswered: 1 });
    await agent.stop();

    expect(recorded.of('propagated')).toEqual([
      { source: 'request', target: '_OTHER', boundary: 'process', result: 'dropped' },
    ]);
    expect(link.counts).toEqual(NOTHING);
  });

  test('a token that left through it is not cancelled, and nothing of it is kept', async () => {
    await using agent = startProcess();
    const token = new CancellationToken({ name: 'given' });
    const link = linkThrough(agent.child);
    await agent.run.attach('given', shareToken(token, agent.child));

    await agent.stop();

    expect(token.isCancelled).toBe(false);
    expect(link.counts).toEqual(NOTHING);
    expect(sharedStatesOf(token)).toEqual([]);
  });

  test('a token that came through it is cancelled as error, by name of who is gone', async () => {
    await using agent = startProcess();
    await agent.run.make('theirs');
    const token = attachToken(await agent.run.share('theirs'), agent.child);
    const link = linkThrough(agent.child);

    await agent.stop();

    expect(token.cause).toMatchObject({
      reason: 'error',
      message: `the channel to process ${agent.child.pid}, thread 0 (main) is closed`,
      origin: { pid: process.pid },
      token: { id: token.id },
    });
    expect(link.counts).toEqual(NOTHING);
  });

  test('before anything was attached there, cancels count as dropped', async () => {
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    const child = startProgram(program('nothing.ts'));
    const [live, cancelled] = ['live', 'cancelled'].map((name) => new CancellationToken({ name }));
    shareToken(live as CancellationToken, child);
    shareToken(cancelled as CancellationToken, child);

    cancelled?.cancel();
    expect(await endOf(child)).toEqual([0, null]);

    expect(recorded.of('propagated').map(({ source, result }) => [source, result])).toEqual([['cancelled', 'dropped']]);
    expect(live?.isCancelled).toBe(false);
  });

  test('because the program cannot be started, nothing fails but the start', async () => {
    const errors = processErrors();
    const child = fork(program('no such program.ts'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const token = new CancellationToken({ name: 'stop' });
    child.send({ stop: shareToken(token, child) });
    token.cancel();

    expect(await endOf(child)).toEqual([1, null]);
    expect(errors).toEqual([]);
  });

  test('by disconnect, on either side, the same is true', async () => {
    await using there = startProcess();
    await using here = startProcess();
    const [one, other] = [new CancellationToken(), new CancellationToken()];
    await there.run.attach('one', shareToken(one, there.child));
    await here.run.attach('other', shareToken(other, here.child));

    void there.run.disconnect();
    here.child.disconnect();
    await Promise.all([there.ended, here.ended]);

    expect([one.isCancelled, other.isCancelled]).toEqual([false, false]);
  });

  test('because the parent was killed, the work it started stops', async () => {
    const parent = startProgram(program('orphan-parent.ts'));
    const printed = outputOf(parent);
    const pid = await messageFrom(parent);

    parent.kill('SIGKILL');

    const { isCancelled, cause } = JSON.parse(await printed) as { isCancelled: boolean; cause: unknown };
    expect(isCancelled).toBe(true);
    expect(cause).toMatchObject({
      reason: 'error',
      message: `the channel to process ${String(pid)}, thread 0 (main) is closed`,
    });
  });
});

describe('a cluster', () => {
  test('shares tokens between its primary and a worker, and loses them with it', async () => {
    const printed = await runProgram(program('cluster-primary.ts'), []);

    expect(JSON.parse(printed)).toEqual({
      reply: 'after superseded by the primary',
      lost: ['error', 'the channel to process n, thread 0 (main) is closed'],
      messages: 2,
    });
  });
});
