import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { attachToken, shareToken } from '../../../src/backends/process/index.ts';
import { shareToken as shareWithThread } from '../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere, openScope } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startThread } from '../../support/thread-agent.ts';
import { startProcess } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const agent = startProcess();
const { run, child } = agent;
const thread = startThread();
afterAll(() => Promise.all([agent.stop(), thread.stop()]));

describe('H1: a token that a thread and another process hold', () => {
  test('is cancelled there by a thread here', async () => {
    const token = new CancellationToken({ name: 'thread-here' });
    await thread.run.attach('thread-here', shareWithThread(token));
    await run.attach('thread-here', shareToken(token, child));

    await thread.run.cancel('thread-here', 'superseded', 'by a thread');

    expect(await run.whenCancelled('thread-here')).toMatchObject({
      message: 'by a thread',
      origin: { pid: process.pid, threadId: thread.worker.threadId },
    });
  });

  test('is cancelled on a thread here by a process there', async () => {
    const token = new CancellationToken({ name: 'process-there' });
    await run.attach('process-there', shareToken(token, child));
    await thread.run.attach('process-there', shareWithThread(token));

    await run.cancel('process-there', 'disconnect', 'by a process');

    expect(await thread.run.whenCancelled('process-there')).toMatchObject({
      message: 'by a process',
      origin: { pid: child.pid, threadId: 0 },
    });
    expect(token.cause?.message).toBe('by a process');
  });

  test('is cancelled on a thread there by this process', async () => {
    const token = new CancellationToken({ name: 'thread-there' });
    const id = await run.attach('thread-there', shareToken(token, child));
    await run.shareWithThread(id);

    token.cancel('shutdown', 'from afar');

    expect(await run.threadWhenCancelled(id)).toEqual(token.cause?.toJSON());
  });

  test('is cancelled here by a thread there', async () => {
    const token = new CancellationToken({ name: 'from-thread-there' });
    const id = await run.attach('from-thread-there', shareToken(token, child));
    await run.shareWithThread(id);

    const won = await run.threadCancel(id, 'condition');

    expect(won).toBe(true);
    expect(await token.whenCancelled()).toMatchObject({ reason: 'condition', origin: { pid: child.pid } });
    expect(token.cause?.origin.threadId).not.toBe(0);
  });

  test('is cancelled over two generations, either way', async () => {
    const [down, up] = [new CancellationToken({ name: 'down' }), new CancellationToken({ name: 'up' })];
    for (const token of [down, up]) {
      await run.attach(token.name, shareToken(token, child));
      await run.shareWithChild(token.id);
    }

    down.cancel('shutdown');
    void run.childCancel(up.id, 'error');

    expect(await run.childWhenCancelled(down.id)).toEqual(down.cause?.toJSON());
    expect(await up.whenCancelled()).toMatchObject({ reason: 'error' });
    expect(up.cause?.origin.pid).not.toBe(child.pid);
  });
});

describe('O3: the registry reaches', () => {
  afterEach(async () => {
    await run.endScopes();
  });

  test('a child, and keeps what JSON has no word for', async () => {
    const id = await run.openScope('in-the-child');

    const { scopes, unreachable } = await everywhere.snapshot();

    expect(unreachable).toEqual([]);
    const found = scopes.find((scope) => scope.id === id);
    expect(found).toMatchObject({ name: 'in-the-child', state: 'open', origin: { pid: child.pid } });
    expect(found?.remainingMs).toBe(Infinity);
  });

  test('a scope in a child, and cancels it in our name', async () => {
    const id = await run.openScope('to-be-stopped');

    const result = await everywhere.cancel(id, 'manual', 'by the operator');

    expect(result).toBe('cancelled');
    expect(await run.scopeCause(id)).toMatchObject({ message: 'by the operator', origin: { pid: process.pid } });
    expect(await everywhere.cancel(id)).toBe('already');
  });

  test('the parent', async () => {
    await using scope = openScope('in-the-parent', { detached: true });

    expect(await run.everywhere()).toContain('in-the-parent');
    expect(await run.cancelAnywhere(scope.id, 'by the child')).toBe('cancelled');

    expect(scope.cause).toMatchObject({ message: 'by the child', origin: { pid: child.pid } });
  });

  test('a thread of a child, and its child', async () => {
    const token = new CancellationToken();
    const attached = await run.attach('any', shareToken(token, child));
    await run.shareWithThread(attached);
    await run.shareWithChild(attached);
    const [onThread, inChild] = await Promise.all([run.threadOpenScope('far'), run.childOpenScope('farther')]);

    const { scopes, unreachable } = await everywhere.snapshot();
    const found = scopes.filter(({ id }) => id === onThread || id === inChild);

    expect(unreachable).toEqual([]);
    expect(found.map(({ name, origin }) => [name, origin.pid === child.pid, origin.threadId === 0])).toEqual(
      expect.arrayContaining([
        ['far', true, false],
        ['farther', false, true],
      ]),
    );
    expect(await everywhere.cancel(onThread as string)).toBe('cancelled');
    expect(await everywhere.cancel(inChild as string)).toBe('cancelled');
    token.dispose();
  });

  test('nobody through a channel that has closed, or that no token has passed', async () => {
    await using other = startProcess();
    await other.run.pid();
    expect((await everywhere.snapshot()).unreachable).toEqual([]);

    await other.run.make('theirs');
    const token = attachToken(await other.run.share('theirs'), other.child);
    await other.run.openScope('short');
    const before = await everywhere.snapshot();
    await other.stop();
    const after = await everywhere.snapshot();

    expect(before.scopes.map(({ name }) => name)).toContain('short');
    expect(after.scopes.map(({ name }) => name)).not.toContain('short');
    expect(after.unreachable).toEqual([]);
    expect(token.isCancelled).toBe(true);
  });
});
