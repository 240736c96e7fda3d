/** A slab of two slots: what one token lets go of is another's soon after. */
import { describe, expect, test } from 'vitest';
import { configureThreads, shareToken, SharedTokensFullError } from '../../../../src/backends/thread/index.ts';
import { CancellationToken, cancelScope } from '../../../../src/index.ts';
import { caught, caughtCancel } from '../../../support/caught.ts';
import { gate, open } from '../../../support/gate.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

configureThreads({ sharedTokens: 2 });
const LOADING = new URL('tasks/loading.ts', import.meta.url);
const ECHO = new URL('tasks/values.ts', import.meta.url);

const workers = guardWork();

/** Takes every slot, and frees it. */
function useAllSlots(): void {
  const tokens = Array.from({ length: 2 }, () => new CancellationToken());
  for (const token of tokens) shareToken(token);
  for (const token of tokens) token.dispose();
}

test('a task cancelled while it loads is told so, though its slot is another token’s by then (O2)', async () => {
  const { there, goOn } = gates();
  const ran = gate();

  const error = await caughtCancel(
    cancelScope('load', async (scope) => {
      const running = scope.runInWorker(LOADING, { there, goOn, ran });
      await opened(there);
      scope.cancel('superseded', 'newer one');
      useAllSlots();
      open(goOn);
      return running;
    }),
  );

  expect(error).toMatchObject({ reason: 'superseded', cause: { message: 'newer one' } });
  expect(Atomics.load(ran, 0)).toBe(0);
});

describe('when all slots are used', () => {
  test('a task is refused, and no thread is started', async () => {
    const tokens = Array.from({ length: 2 }, () => new CancellationToken());
    for (const token of tokens) shareToken(token);

    const error = await caught(cancelScope('full', (scope) => scope.runInWorker(ECHO)));
    for (const token of tokens) token.dispose();

    expect(error).toBeInstanceOf(SharedTokensFullError);
    expect(workers.all).toEqual([]);
  });

  test('there is room again as soon as one task has ended', async () => {
    for (let round = 0; round < 4; round++) {
      expect(await cancelScope('one after the other', (scope) => scope.runInWorker(ECHO, round))).toBe(round);
    }
  });
});
