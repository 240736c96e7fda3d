import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken } from '../../src/index.ts';
import { loopTurn } from '../support/process-errors.ts';
import { startThread } from '../support/thread-agent.ts';
import type { FaultyCommands } from './agents/faulty-program.ts';

const worker = startThread<FaultyCommands>(new URL('agents/faulty-program.ts', import.meta.url));
afterAll(() => worker.stop());
beforeEach(() => worker.run.fail('none'));

/** A token of this thread that the worker holds under `name`, and how often each listener of it has run. */
async function watched(name: string) {
  const token = new CancellationToken({ name });
  const heard: (string | undefined)[] = [];
  token.onCancel(({ message }) => heard.push(message));
  await worker.run.attach(name, shareToken(token));
  return { token, heard };
}

/** Cancels a token of the worker’s whose wake-up comes through. */
async function soundCancel(): Promise<void> {
  const { token } = await watched('sound');
  await worker.run.fail('none');
  await worker.run.cancel('sound');
  await token.whenCancelled();
}

describe('D1: a wake-up that goes wrong changes no outcome', () => {
  test.each(['dropped', 'doubled', 'delayed'] as const)(
    '%s: whoever looks reads the cancel, and listeners run once',
    async (fault) => {
      const { token, heard } = await watched(fault);
      await worker.run.fail(fault);

      const won = await worker.run.cancel(fault, 'timeout', 'heard or not');
      const reading = [token.isCancelled, token.cause?.reason, token.cause?.message];
      await loopTurn();
      await worker.run.letThrough();
      await soundCancel();

      expect([won, ...reading]).toEqual([true, true, 'timeout', 'heard or not']);
      expect(heard).toEqual(['heard or not']);
    },
  );

  test.each(['dropped', 'doubled', 'delayed'] as const)(
    '%s: with nobody looking, it is delivered with the next one at the latest',
    async (fault) => {
      const { heard } = await watched(fault);
      await worker.run.fail(fault);
      await worker.run.cancel(fault, 'timeout', 'in the end');

      await soundCancel();
      await worker.run.letThrough();
      await loopTurn();

      expect(heard).toEqual(['in the end']);
    },
  );

  test('dropped: with nobody looking, and none that follows, it is delivered all the same', async () => {
    const { token, heard } = await watched('dropped');
    const told = token.whenCancelled();
    await worker.run.fail('dropped');
    await worker.run.cancel('dropped', 'timeout', 'by and by');
    await worker.run.fail('none');

    await told;

    expect(heard).toEqual(['by and by']);
  });

  test('dropped: a listener registered afterwards runs at once', async () => {
    const { token } = await watched('late');
    await worker.run.fail('dropped');
    await worker.run.cancel('late', 'timeout', 'too late');
    const order: (string | undefined)[] = [];

    token.onCancel(({ message }) => order.push(message));
    order.push('registered');

    expect(order).toEqual(['too late', 'registered']);
  });

  test('dropped: a token shared or attached next delivers it', async () => {
    const { heard } = await watched('dropped');
    await worker.run.fail('dropped');
    await worker.run.cancel('dropped', 'manual', 'with the next token');

    const next = new CancellationToken();
    shareToken(next);
    next.onCancel(() => {});
    await loopTurn();

    expect(heard).toEqual(['with the next token']);
    next.dispose();
  });
});

test('of 20,000 cancels with wake-ups going wrong at random, each is heard once', { timeout: 60_000 }, async () => {
  const seed = Date.now() % 1_000_000;
  await worker.run.failAtRandom(seed);
  let faults = 0;
  let looked = 0;

  for (let batch = 0; batch < 40; batch++) {
    const tokens = Array.from({ length: 500 }, (_, index) => new CancellationToken({ name: `${batch}-${index}` }));
    const heard = tokens.map(() => 0);
    for (const [index, token] of tokens.entries()) token.onCancel(() => heard[index]!++);
    await worker.run.attachAll(tokens.map((token) => shareToken(token)));

    const wins = worker.run.cancelAll(tokens.map(({ name }) => name));
    while (heard.filter((times) => times === 0).length > 100) {
      await loopTurn();
      const index = heard.indexOf(0);
      if (tokens[index]?.isCancelled === true) looked++;
    }
    expect((await wins).every(Boolean)).toBe(true);
    faults = await worker.run.letThrough();
    for (const token of tokens) expect(token.cause?.message).toBe(token.name);
    await loopTurn();

    expect(heard, `seed ${seed}`).toEqual(tokens.map(() => 1));
  }

  console.log(`wake-up faults: seed ${seed}, ${faults} wake-ups went wrong, ${looked} looks found a cancel`);
  expect(faults).toBeGreaterThan(1_000);
});
