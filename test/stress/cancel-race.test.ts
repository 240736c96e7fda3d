import { expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken } from '../../src/index.ts';
import { barrier } from '../support/barrier.ts';
import { startThread } from '../support/thread-agent.ts';
import type { Race, RacerCommands } from './agents/racer-program.ts';

const THREADS = 8;
const BATCHES = 20;
const ROUNDS_A_BATCH = 500;
const PROGRAM = new URL('agents/racer-program.ts', import.meta.url);

test(
  '8 threads race 10,000 times: one wins each, every listener runs once, all have its cause',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const common = { barrier: barrier(), threads: THREADS, jitter: 3_000 };
    const racers = Array.from({ length: THREADS }, (_, index) =>
      startThread<RacerCommands>(PROGRAM, { ...common, seed: seed + index } satisfies Race),
    );
    const wins = racers.map(() => 0);
    let contended = 0;

    for (let batch = 0; batch < BATCHES; batch++) {
      const tokens = Array.from({ length: ROUNDS_A_BATCH }, () => new CancellationToken({ name: 'raced' }));
      const heard = tokens.map(() => 0);
      for (const [index, token] of tokens.entries()) token.onCancel(() => heard[index]!++);
      const handles = tokens.map((token) => shareToken(token));
      await Promise.all(racers.map(({ run }) => run.attach(handles)));

      const seen = await Promise.all(racers.map(({ run }) => run.cancelAll()));
      await Promise.all(tokens.map((token) => token.whenCancelled()));

      const once = tokens.map(() => 1);
      expect(heard, `main listeners, seed ${seed}`).toEqual(once);
      for (const each of seen) expect(each.heard, `listeners of a racer, seed ${seed}`).toEqual(once);
      for (const [index, token] of tokens.entries()) {
        const winners = seen.flatMap(({ won }, racer) => (won[index] ? [racer] : []));
        expect(winners, `round ${batch * ROUNDS_A_BATCH + index}, seed ${seed}`).toHaveLength(1);
        const [winner] = winners as [number];
        const cause = JSON.stringify(token.cause);
        expect(new Set(seen.map(({ causes }) => causes[index]))).toEqual(new Set([cause]));
        expect(token.cause?.origin.threadId).toBe(racers[winner]?.worker.threadId);
        expect(token.cause?.message).toBe(`${index} by seed ${seed + winner}`);
        wins[winner]!++;
        if (seen.filter((each) => each.contended[index]).length > 1) contended++;
      }
    }

    await Promise.all(racers.map((racer) => racer.stop()));
    console.log(
      `cancel race: seed ${seed}, wins ${wins.join(' ')}, contended ${contended} of ${BATCHES * ROUNDS_A_BATCH}`,
    );
    expect(contended).toBeGreaterThan(0);
  },
);
