import { expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken } from '../../src/index.ts';
import { barrier } from '../support/barrier.ts';
import { startThread } from '../support/thread-agent.ts';
import type { Race, RacerCommands } from './agents/racer-program.ts';

const RACES = 100_000;
const RACES_A_BATCH = 500;
const PROGRAM = new URL('agents/racer-program.ts', import.meta.url);

test(
  '100,000 listeners registered while another thread cancels: each runs once, none is lost',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const race = { barrier: barrier(), threads: 2, jitter: 300 };
    await using listener = startThread<RacerCommands>(PROGRAM, { ...race, seed } satisfies Race);
    await using canceller = startThread<RacerCommands>(PROGRAM, { ...race, seed: seed + 1 } satisfies Race);
    let atOnce = 0;

    for (let done = 0; done < RACES; done += RACES_A_BATCH) {
      const tokens = Array.from({ length: RACES_A_BATCH }, () => new CancellationToken({ name: 'raced' }));
      const handles = tokens.map((token) => shareToken(token));
      await Promise.all([listener.run.attach(handles), canceller.run.attach(handles)]);

      const [seen, won] = await Promise.all([listener.run.listenToEach(), canceller.run.cancelEach()]);

      expect(
        seen.heard.flatMap((times, index) => (times === 1 ? [] : [`${done + index}: ${times}`])),
        `seed ${seed}`,
      ).toEqual([]);
      expect(won.every(Boolean)).toBe(true);
      expect(seen.causes.map((cause) => JSON.parse(cause).message)).toEqual(tokens.map((_, index) => String(index)));
      atOnce += seen.atOnce.filter(Boolean).length;
    }

    console.log(`register race: seed ${seed}, ${atOnce} of ${RACES} were cancelled already`);
    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce).toBeLessThan(RACES);
  },
);

test(
  '50,000 cancels of tokens of a thread that waits in its event loop: each is heard once, none is lost',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const race = { barrier: barrier(), threads: 2, jitter: 2_000 };
    await using listener = startThread<RacerCommands>(PROGRAM, { ...race, seed } satisfies Race);
    await using canceller = startThread<RacerCommands>(PROGRAM, { ...race, seed: seed + 1 } satisfies Race);

    for (let done = 0; done < 50_000; done += RACES_A_BATCH) {
      const tokens = Array.from({ length: RACES_A_BATCH }, () => new CancellationToken({ name: 'raced' }));
      const handles = tokens.map((token) => shareToken(token));
      await Promise.all([listener.run.attach(handles), canceller.run.attach(handles)]);

      const [heard] = await Promise.all([listener.run.hearAll(), canceller.run.cancelAllSlowly()]);

      expect(heard, `seed ${seed}, from ${done}`).toEqual(tokens.map(() => 1));
    }

    console.log(`delivery race: seed ${seed}`);
  },
);
