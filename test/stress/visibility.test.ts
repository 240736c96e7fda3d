import { expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken } from '../../src/index.ts';
import { barrier } from '../support/barrier.ts';
import { startThread } from '../support/thread-agent.ts';
import type { WriterCommands } from './agents/writer-program.ts';

const ROUNDS = 20_000;
const ROUNDS_A_BATCH = 500;
const PROGRAM = new URL('agents/writer-program.ts', import.meta.url);

test(
  'a thread that looks without end reads reason and message with the flag, 20,000 times (P1)',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now() % 1_000_000;
    const shared = barrier();
    await using writer = startThread<WriterCommands>(PROGRAM);
    await using reader = startThread<WriterCommands>(PROGRAM);
    const wrong: number[] = [];
    let looks = 0;

    for (let first = 0; first < ROUNDS; first += ROUNDS_A_BATCH) {
      const tokens = Array.from({ length: ROUNDS_A_BATCH }, () => new CancellationToken({ name: 'read' }));
      const handles = tokens.map((token) => shareToken(token));
      await Promise.all([writer.run.attach(handles), reader.run.attach(handles)]);

      const [read] = await Promise.all([
        reader.run.readEach(shared, first),
        writer.run.cancelEach(shared, seed + first, first),
      ]);

      wrong.push(...read.wrong);
      looks += read.looks;
    }

    console.log(`visibility: seed ${seed}, ${looks} looks for ${ROUNDS} cancels`);
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect(looks).toBeGreaterThan(ROUNDS);
  },
);
