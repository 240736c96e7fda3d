import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { handleOf, processBackend, shareToken } from '../../../src/backends/process/index.ts';
import { CancellationToken, UnsupportedError } from '../../../src/index.ts';
import { runProgram } from '../../support/run-program.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { processErrors } from '../../support/process-errors.ts';
import { endOf, messageFrom, startProcess, startProgram } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const program = (name: string): string => join(import.meta.dirname, 'agents', name);

/** Starts a program that is given a token in its arguments, and shares that with it. */
function given(file: string, ...args: string[]) {
  const token = new CancellationToken({ name: 'stop' });
  const child = startProgram(program(file), [JSON.stringify(handleOf(token)), ...args]);
  shareToken(token, child);
  return { token, child, ended: endOf(child) };
}

describe('M1: listening keeps no process alive', () => {
  test('a program with nothing but an attached token ends', async () => {
    const { token, ended } = given('attach-only.ts');

    expect(await ended).toEqual([0, null]);
    token.dispose();
  });

  test('a program that listens itself goes on until its channel closes', async () => {
    const { token, child, ended } = given('attach-only.ts', 'on');
    expect(await messageFrom(child)).toBe('attached');
    for (const ping of ['one', 'two', 'three']) {
      child.send(ping);
      expect(await messageFrom(child)).toEqual(['echo', ping]);
    }

    child.disconnect();

    expect(await ended).toEqual([0, null]);
    token.dispose();
  });

  test('a program that stops listening ends', async () => {
    const { token, child, ended } = given('attach-only.ts', 'once');
    await messageFrom(child);

    child.send('the only one');

    expect(await messageFrom(child)).toBe('taken');
    expect(await ended).toEqual([0, null]);
    token.dispose();
  });
});

describe('M2: a program’s messages', () => {
  test('wait for it, in order, if it listens later than we do', async () => {
    const { token, child, ended } = given('listens-late.ts');
    child.send('one');
    child.send({ two: 2 });
    token.cancel('manual'); // overtakes nothing: when it is heard, both have arrived
    child.send('done');

    expect(await messageFrom(child)).toEqual(['one', { two: 2 }, 'done']);
    expect(await ended).toEqual([0, null]);
  });
});

describe('M3: our messages', () => {
  test('are kept from the program’s listeners on either side', async () => {
    await using agent = startProcess();
    const seen: unknown[] = [];
    agent.child.on('message', (message: object) => seen.push(message));
    const token = new CancellationToken({ name: 'stop' });
    const other = new CancellationToken({ name: 'other' });

    const id = await agent.run.attach('stop', shareToken(token, agent.child));
    await agent.run.attach('other', shareToken(other, agent.child));
    await agent.run.cancel('stop', 'manual');
    await token.whenCancelled();
    other.cancel();
    await agent.run.whenCancelled('other');

    expect(id).toBe(token.id);
    expect(seen).toHaveLength(4);
    expect(seen.filter((message) => JSON.stringify(message).includes('cancelscope'))).toEqual([]);
  });

  test('from before it attached anything can be told, and are sent again until it listens', async () => {
    const child = startProgram(program('attaches-late.ts'), ['3']);
    const token = new CancellationToken({ name: 'queued' });
    child.send({ stop: shareToken(token, child) });

    token.cancel('disconnect', 'while it waited in a queue');
    expect(await messageFrom(child)).toBe('passed');
    child.send({ attach: true });

    expect(await messageFrom(child)).toEqual({ cause: token.cause?.toJSON() });
    await endOf(child);
  });
});

describe('M4: a channel that closes', () => {
  test('brings in first what was sent: a child cancels, and is gone before its event loop turns', async () => {
    await using agent = startProcess();
    const token = new CancellationToken({ name: 'last-words' });
    const id = await agent.run.attach('last-words', shareToken(token, agent.child));

    void agent.run.cancelAndExit(id, 'condition');

    expect(await agent.ended).toEqual([0, null]);
    expect(token.cause).toMatchObject({ reason: 'condition', message: 'last words' });
  });

  test('makes no error of what is sent meanwhile', async () => {
    const errors = processErrors();
    await using agent = startProcess();
    const token = new CancellationToken({ name: 'too-late' });
    await agent.run.attach('too-late', shareToken(token, agent.child));
    agent.child.on('error', (error) => errors.push(error));

    agent.child.disconnect();
    token.cancel();
    await agent.ended;

    expect(errors).toEqual([]);
  });

  test('can share nothing more, and says so', async () => {
    await using agent = startProcess();
    const handle = shareToken(new CancellationToken({ name: 'early' }), agent.child);
    await agent.stop();
    const backend = processBackend(agent.child);

    expect(() => shareToken(new CancellationToken(), agent.child)).toThrow(UnsupportedError);
    expect(() => backend.attach(handle)).toThrow(/IPC channel of process \d+ is closed/);
  });
});

describe('without a channel', () => {
  test('sharing says how to get one, on every thread', async () => {
    const printed = await runProgram(program('no-channel.ts'), []);

    expect(printed.trim().split('\n')).toEqual([
      ...Array.from({ length: 2 }, () => expect.stringMatching(/^main ERR_CANCELSCOPE_UNSUPPORTED .*start it by fork/)),
      ...Array.from({ length: 2 }, () => expect.stringMatching(/^worker ERR_CANCELSCOPE_UNSUPPORTED .*main thread/)),
    ]);
  });
});
