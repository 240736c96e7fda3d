import { afterAll, describe, expect, test, vi } from 'vitest';
import { attachToken, handleOf, type ProcessTokenHandle, shareToken } from '../../../src/backends/process/index.ts';
import { CancellationToken, InvalidArgumentError, InvalidStateError, UnsupportedError } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startProcess } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const agent = startProcess();
const { run, child } = agent;
afterAll(() => agent.stop());

describe('V2: handles', () => {
  test('give the same token each time', async () => {
    const token = new CancellationToken();
    const handle = shareToken(token, child);

    await run.attach('first', handle);
    await run.attach('second', shareToken(token, child));

    expect(await run.isSame('first', 'second')).toBe(true);
    token.dispose();
  });

  test('give the token itself where it was shared', async () => {
    const token = new CancellationToken({ name: 'there-and-back' });
    await run.attach('there-and-back', shareToken(token, child));

    const back = attachToken(await run.share('there-and-back'), child);

    expect(back).toBe(token);
    token.dispose();
  });

  test('can be attached again when a first use is over', async () => {
    const token = new CancellationToken({ name: 'long-lived' });
    const handle = shareToken(token, child);
    await run.attach('first-job', handle);
    await run.dispose('first-job');

    await run.attach('second-job', handle);
    token.cancel('shutdown');

    expect(await run.whenCancelled('second-job')).toMatchObject({ reason: 'shutdown' });
  });

  test('of a view cannot cancel', async () => {
    const token = new CancellationToken({ name: 'view' });
    const handle = shareToken(token.readonly(), child);

    expect(handle.cancelscope).toBe('process-readonly-token');
    expect(await run.attachReadonly('view', handle)).toBe('ReadonlyToken');
    token.cancel('shutdown');
    expect(await run.whenReadonlyCancelled('view')).toMatchObject({ reason: 'shutdown' });
  });

  test('survive being written as JSON, also in arguments', async () => {
    const token = new CancellationToken({ name: 'as-text' });
    const handle = JSON.parse(JSON.stringify(handleOf(token))) as ProcessTokenHandle;
    await run.attach('as-text', handle);

    shareToken(token, child);
    token.cancel('manual', 'found');

    expect(await run.whenCancelled('as-text')).toMatchObject({ message: 'found' });
  });

  test('of a token of this process that has ended are refused', async () => {
    const token = new CancellationToken({ name: 'over' });
    await run.attach('over', shareToken(token, child));
    const back = await run.share('over');
    token.dispose();

    expect(() => attachToken(back, child)).toThrow(InvalidStateError);
    expect(() => shareToken(token, child)).toThrow(InvalidStateError);
  });

  test.each([
    ['nothing', undefined],
    ['text', 'stop'],
    ['a handle for threads', { cancelscope: 'shared-token', id: '1-0-1', name: 'stop' }],
    ['one without an id', { cancelscope: 'process-token', name: 'stop' }],
    ['one with a huge id', { cancelscope: 'process-token', id: 'x'.repeat(1_000), name: 'stop' }],
    ['one with a scope that is none', { cancelscope: 'process-token', id: '1-0-1', name: 'stop', scope: 7 }],
    ['one with a cause that is none', { cancelscope: 'process-token', id: '1-0-1', name: 'stop', cause: 'late' }],
  ])('that are %s are refused', (_, handle) => {
    expect(() => attachToken(handle as never, child)).toThrow(InvalidArgumentError);
  });

  test('of no token, or through no channel, are refused', () => {
    expect(() => shareToken({} as never, child)).toThrow(InvalidArgumentError);
    expect(() => shareToken(new CancellationToken(), {} as never)).toThrow(InvalidArgumentError);
    expect(() => attachToken(handleOf(new CancellationToken()), null as never)).toThrow(InvalidArgumentError);
  });
});

describe('V3: a cancel that was first', () => {
  test('is in the handle, when it came before sharing', async () => {
    const token = new CancellationToken({ name: 'early' });
    token.cancel('deadline', 'before sharing');

    await run.attach('early', shareToken(token, child));

    expect(await run.read('early')).toEqual(plain(readingOf(token)));
  });

  test('is kept for the handle, when it came before attaching', async () => {
    const token = new CancellationToken({ name: 'queued' });
    const handle = shareToken(token, child);
    token.cancel('disconnect', 'while it waited');
    await run.pid(); // by now it has arrived

    await run.attach('queued', handle);

    expect(await run.read('queued')).toEqual(plain(readingOf(token)));
  });

  test('is known for a handle that was made for an earlier use', async () => {
    const token = new CancellationToken({ name: 'stale' });
    const handle = shareToken(token, child);
    await run.attach('stale-1', handle);
    await run.cancel('stale-1', 'manual');
    await token.whenCancelled();

    await run.attach('stale-2', handle);

    expect(await run.read('stale-2')).toMatchObject({ isCancelled: true, cause: { reason: 'manual' } });
  });

  test('reaches a process that was given the handle before, and is shared with now', async () => {
    const token = new CancellationToken({ name: 'restarted' });
    await run.attach('restarted', handleOf(token)); // as a restarted child has it, from its arguments
    token.cancel('disconnect');

    shareToken(token, child);

    expect(await run.whenCancelled('restarted')).toMatchObject({ reason: 'disconnect' });
  });
});

describe('what it cannot do', () => {
  test('is to block a thread until the other process cancels', () => {
    const token = new CancellationToken();
    shareToken(token, child);

    expect(() => token.waitSync(10)).toThrow(UnsupportedError);
    token.dispose();
  });
});

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
