import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { shareToken } from '../../../src/backends/thread/index.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { CancellationToken } from '../../../src/index.ts';
import { runProgram } from '../../support/run-program.ts';
import { startThread } from '../../support/thread-agent.ts';

const PROGRAM = join(import.meta.dirname, 'agents/idle-program.ts');

/** What the program printed, once it has ended by itself. */
async function printed(...args: string[]): Promise<unknown[]> {
  const lines = (await runProgram(PROGRAM, args)).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const worker = startThread();
afterAll(() => worker.stop());

describe('B2: tokens nobody cancels keep nothing alive', () => {
  test('not the process of a thread that shares one and is alone', { timeout: 20_000 }, async () => {
    expect(await printed('alone')).toEqual([{ thread: 'main', resources: [] }]);
  });

  test.each([
    ['main thread', []],
    ['worker', ['early']],
  ])(
    'neither thread of two, when the %s shares one and the other attaches',
    { timeout: 20_000 },
    async (_who, args) => {
      expect(await printed(...args)).toEqual([
        { thread: 'worker', resources: [] },
        { exit: 0 },
        { thread: 'main', resources: [] },
      ]);
    },
  );
});

describe('B2: an idle thread', () => {
  test('holds nothing once its tokens are disposed, and is woken again for the next one', async () => {
    const token = new CancellationToken();
    shareToken(token);
    token.dispose();
    const { heldCount } = threadInbox.own();

    const next = new CancellationToken();
    await worker.run.attach('next', shareToken(next));
    const heard = next.whenCancelled();
    await worker.run.cancel('next', 'manual', 'woken');

    expect(heldCount).toBe(0);
    expect((await heard).message).toBe('woken');
  });

  test('has one listener for all its tokens', async () => {
    const waitAsync = Atomics.waitAsync;
    let waits = 0;
    Atomics.waitAsync = ((...args: Parameters<typeof waitAsync>) => (waits++, waitAsync(...args))) as typeof waitAsync;
    const tokens = Array.from({ length: 100 }, () => new CancellationToken());

    for (const token of tokens) shareToken(token);
    Atomics.waitAsync = waitAsync;

    expect(waits).toBeLessThanOrEqual(1);
    for (const token of tokens) token.dispose();
  });
});
