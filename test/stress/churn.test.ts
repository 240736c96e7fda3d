import { expect, test } from 'vitest';
import { configureThreads, shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken } from '../../src/index.ts';
import { startThread } from '../support/thread-agent.ts';
import type { Board, ChurnCommands } from './agents/churn-program.ts';

const THREADS = 4;
const STEPS = 150_000;
const LIMIT = 48;
const PLACES = 32;
const PROGRAM = new URL('agents/churn-program.ts', import.meta.url);

configureThreads({ sharedTokens: LIMIT }); // so few that each slot is taken thousands of times

test(
  '4 threads share, attach, cancel and let go at random: no token gets another one’s cause, no slot is lost (S1, S2)',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const first = new CancellationToken();
    const handle = shareToken(first);
    const board: Board = { handle, places: new Int32Array(new SharedArrayBuffer(16 * PLACES)) };
    const threads = Array.from({ length: THREADS }, () => startThread<ChurnCommands>(PROGRAM));

    const churned = await Promise.all(
      threads.map(({ run }, index) => run.churn(board, seed + index, index + 1, STEPS)),
    );

    const sum = (key: 'shared' | 'attached' | 'gone' | 'cancelled' | 'full') =>
      churned.reduce((total, each) => total + each[key], 0);
    console.log(
      `churn: seed ${seed}, shared ${sum('shared')}, attached ${sum('attached')}, gone ${sum('gone')}, ` +
        `cancelled ${sum('cancelled')}, no room ${sum('full')}`,
    );
    expect(
      churned.flatMap(({ wrong }) => wrong),
      `seed ${seed}`,
    ).toEqual([]);
    expect(Math.min(sum('shared'), sum('attached'), sum('gone'), sum('cancelled'))).toBeGreaterThan(1_000);
    const rest = Array.from({ length: LIMIT - 1 }, () => new CancellationToken());
    for (const token of rest) shareToken(token); // with the first one, that is all slots there are
    expect(() => shareToken(new CancellationToken())).toThrow(/48 tokens are shared/);
    for (const token of [first, ...rest]) token.dispose();
    await Promise.all(threads.map((thread) => thread.stop()));
  },
);
