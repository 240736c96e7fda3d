import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attachToken, shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere } from '../../../../src/index.ts';
import type { ScopesEverywhere } from '../../../../src/instrumentation/index.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { runProgram } from '../../../support/run-program.ts';
import { ownSlabAgentsForTests, sharedBy } from './own-slab-agent.ts';
import { listen } from './scope-agent.ts';

guardLeaks();

const PROGRAMS = join(import.meta.dirname, 'agents');
const inTime = { timeout: 30_000 };

/** What a program printed, once it has ended by itself. */
async function printed(program: string): Promise<unknown> {
  return JSON.parse(await runProgram(join(PROGRAMS, program), []));
}

const startAgent = ownSlabAgentsForTests();

function placed({ scopes }: ScopesEverywhere): string[] {
  return scopes.map(({ name, origin }) => `${name} on ${origin.threadName}`).toSorted();
}

describe('K1: the links of threads', () => {
  test('keep neither of them alive, with a monitor here and questions asked', inTime, async () => {
    expect(await printed('idle-links-program.ts')).toEqual({ heard: 1, resources: [] });
  });
});

describe('K2: a main thread that knows nothing of a worker’s tokens', () => {
  test('is linked to once it does: it hears of cancels, of scopes, and is answered', inTime, async () => {
    expect(await printed('first-share-program.ts')).toEqual({
      listed: ['work'],
      unreachable: [],
      message: 'by the worker',
      heard: ['work opened on first', 'work settled'],
    });
  });
});

describe('K4: two threads that link to each other at once', () => {
  test('J1: are connected: scopes there are heard of here, each event once', async () => {
    await using listening = await listen();
    shareToken(new CancellationToken()); // this thread listens already
    const agent = await startAgent('early');
    const token = attachToken(sharedBy(agent));

    await agent.run.open('work');
    await agent.run.close('work');
    await listening.heard('scopeSettled', 'work');
    token.dispose();

    expect(listening.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(listening.of('scopeOpened')[0]?.origin.threadName).toBe('early');
  });

  test('Y3: are asked once, and list their scopes once', async () => {
    const agent = await startAgent('early');
    const token = attachToken(sharedBy(agent));
    await agent.run.open('work');

    const found = [await everywhere.snapshot(), await agent.run.snapshot()];
    for (let turn = 0; turn < 50; turn++) await agent.run.questions(); // would be asked again meanwhile
    const questions = await agent.run.questions();
    await agent.run.close('work');
    token.dispose();

    expect(found.map(placed)).toEqual([['work on early'], ['work on early']]);
    expect(found.map(({ unreachable }) => unreachable)).toEqual([[], []]);
    expect(questions).toBeLessThanOrEqual(2);
  });
});

describe('threads that are linked in a circle: a worker shared a token of its own with another worker', () => {
  test('Y3: are each asked once, list each scope once, and cancel by id', async () => {
    const [one, other] = [await startAgent('one'), await startAgent('other')];
    const handle = sharedBy(one);
    const token = attachToken(handle);
    await other.run.attach(handle);
    await one.run.open('first');
    const id = await other.run.open('second');

    const found = [await everywhere.snapshot(), await one.run.snapshot(), await other.run.snapshot()];
    const result = await one.run.cancel(id);
    const reason = await other.run.reasonOf('second');
    for (let turn = 0; turn < 50; turn++) await one.run.questions(); // would be asked again meanwhile
    const questions = [await one.run.questions(), await other.run.questions()];
    await one.run.close('first');
    await other.run.close('second');
    token.dispose();

    const all = ['first on one', 'second on other'];
    expect(found.map(placed)).toEqual([all, all, all]);
    expect(found.map(({ unreachable }) => unreachable)).toEqual([[], [], []]);
    expect([result, reason]).toEqual(['cancelled', 'superseded']);
    for (const count of questions) expect(count).toBeLessThanOrEqual(8);
  });
});
