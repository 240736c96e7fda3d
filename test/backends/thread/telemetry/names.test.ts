import { afterEach, describe, expect, test } from 'vitest';
import { nameThread } from '../../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere } from '../../../../src/index.ts';
import { gate, open, pass } from '../../../support/gate.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { agentForFile, listen } from './scope-agent.ts';

guardLeaks();
const agent = agentForFile();
const { run } = agent;

afterEach(async () => {
  nameThread('main');
  await run.name('worker');
});

describe('the name of a thread', () => {
  test('is main and worker unless it has one', async () => {
    await run.open('render');
    const token = new CancellationToken();
    token.cancel();

    const { scopes } = await everywhere.snapshot();
    await run.close('render');

    expect(scopes.map(({ origin }) => origin.threadName)).toEqual(['worker']);
    expect(token.cause?.origin).toEqual({ pid: process.pid, threadId: 0, threadName: 'main' });
  });

  test('given late is the one all tell from then on: causes, requests, scopes, and who does not answer', async () => {
    await using listening = await listen([agent]);
    await run.name('thumbnailer');
    await run.open('render');
    await run.cancel('render');
    const { scopes } = await everywhere.snapshot();
    await run.close('render');
    await listening.heard('scopeSettled', 'render');
    const [blocked, until] = [gate(), gate()];
    const busy = run.block(blocked, until);
    pass(blocked);
    const { unreachable } = await everywhere.snapshot({ withinMs: 20 });
    open(until);
    await busy;

    expect(scopes[0]).toMatchObject({
      origin: { threadName: 'thumbnailer' },
      cause: { origin: { threadName: 'thumbnailer' } },
    });
    expect(listening.of('cancelRequested')).toMatchObject([{ sourceThread: 'thumbnailer' }]);
    expect(listening.of('scopeOpened')[0]?.origin.threadName).toBe('thumbnailer');
    expect(unreachable).toEqual([`process ${process.pid}, thread ${agent.worker.threadId} (thumbnailer)`]);
  });

  test('can be given on the main thread', () => {
    nameThread('gateway');
    const token = new CancellationToken();
    token.cancel();

    expect(token.cause?.origin.threadName).toBe('gateway');
  });

  test.each([[''], ['x'.repeat(65)], [undefined], [5], [null]])('cannot be %j: the argument is named', (name) => {
    expect(() => nameThread(name as string)).toThrow(
      expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'name' }),
    );
  });

  test('may have 64 characters', () => {
    nameThread('x'.repeat(64));

    const token = new CancellationToken();
    token.cancel();
    expect(token.cause?.origin.threadName).toHaveLength(64);
  });
});
