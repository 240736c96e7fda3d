/** Threads by the thousand that end in every way, at random moments, in the middle of everything. */
import { fileURLToPath } from 'node:url';
import { threadId, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachToken, shareToken, type SharedTokenHandle } from '../../src/backends/thread/index.ts';
import { threadInbox } from '../../src/backends/thread/thread-inbox.ts';
import { CancellationToken } from '../../src/index.ts';
import { leftIn } from '../backends/thread/work/slab-audit.ts';
import { ENDS, type Mortal } from '../backends/thread/work/stress/mortal.ts';
import type { ObserverCommands } from '../backends/thread/work/stress/observer-program.ts';
import { randoms } from '../support/barrier.ts';
import { startThread, type ThreadAgent } from '../support/thread-agent.ts';

/** A thread costs some 40 ms of a core, so the gate has fewer than the 5,000 of the full run. */
const THREADS = Number(process.env['STRESS_THREADS'] ?? 800);
const AT_ONCE = 8;
const THREADS_A_ROUND = 80;
const TOKENS_A_ROUND = 160;
const OBSERVERS = 2;
/** The longest a thread lives before it is terminated, in ms: half of them from their start, half from when they are up. */
const LONGEST_START_MS = 60;
const LONGEST_LIFE_MS = 15;
/** What has not been heard by then is lost. */
const LOST_AFTER_MS = 10_000;

const folder = fileURLToPath(new URL('../backends/thread/work/', import.meta.url));
const compiled = `${folder}.tmp/mortal.cjs`;
const seed = Number(process.env['STRESS_SEED'] ?? Date.now() % 1_000_000);
const random = randoms(seed);
const observers: ThreadAgent<ObserverCommands>[] = [];
const ended: Record<string, number> = {};
let attachedHere = 0;
let cancels = 0;

beforeAll(async () => {
  process.env['NODE_COMPILE_CACHE'] ??= `${folder}.tmp/compiled`;
  await build({
    entryPoints: [`${folder}stress/mortal-program.ts`],
    outfile: compiled,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    minify: true,
    logLevel: 'silent',
  });
  const program = new URL(`file://${folder}stress/observer-program.ts`);
  for (let index = 0; index < OBSERVERS; index++) observers.push(startThread<ObserverCommands>(program));
});

afterAll(() => Promise.all(observers.map((observer) => observer.stop())));

/** Starts a thread, ends it if it does not end by itself, and resolves when it has. */
async function liveAndDie(mortal: Mortal): Promise<void> {
  const worker = new Worker(compiled, { workerData: mortal });
  const terminateIn = (ms: number): NodeJS.Timeout => setTimeout(() => void worker.terminate(), ms);
  const early = random(3) === 0;
  const endless = mortal.end === 'busy' || mortal.end === 'blocked';
  const timers = early ? [terminateIn(random(LONGEST_START_MS))] : [];
  worker.on('error', () => {}); // some end by an error
  worker.on('message', (said: SharedTokenHandle | 'up') => {
    if (said !== 'up') hold(said);
    else if (endless) timers.push(terminateIn(random(LONGEST_LIFE_MS)));
  });
  await new Promise<number>((resolve) => worker.once('exit', resolve));
  for (const timer of timers) clearTimeout(timer);
  const end = early ? 'early' : mortal.end;
  ended[end] = (ended[end] ?? 0) + 1;
}

/** Takes part in a token of a mortal's, for a moment. */
function hold(handle: SharedTokenHandle): void {
  try {
    const token = attachToken(handle);
    attachedHere++;
    if (random(2) === 0) token.cancel();
    else token.dispose();
  } catch {
    // its thread had ended, or let go of it
  }
}

/** One round: tokens that all observers hold, and threads that live and die with them. */
async function round(threads: number): Promise<void> {
  const tokens = Array.from({ length: TOKENS_A_ROUND }, () => new CancellationToken({ name: 'round' }));
  const handles = tokens.map((token) => shareToken(token));
  const heard = tokens.map(() => false);
  const won = new Int32Array(new SharedArrayBuffer(4 * TOKENS_A_ROUND));
  for (const [index, token] of tokens.entries()) token.onCancel(() => (heard[index] = true));
  await Promise.all(observers.map(({ run }) => run.attach(handles)));

  let left = threads;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      await liveAndDie({ handles, won, seed: random(2 ** 30), end: ENDS[random(ENDS.length)] as Mortal['end'] });
      const index = random(8 * TOKENS_A_ROUND);
      if (tokens[index]?.cancel('manual', 'by the main thread') === true) Atomics.store(won, index, 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));

  const isHeard = (by: readonly boolean[]): boolean => [...won].every((one, index) => one === 0 || by[index] === true);
  await until(() => Promise.resolve(isHeard(heard)), 'this thread', won, heard);
  for (const { run } of observers) await until(async () => isHeard(await run.heard()), 'an observer', won, heard);
  cancels += [...won].reduce((sum, one) => sum + one, 0);

  for (const token of tokens) token.dispose();
  await Promise.all(observers.map(({ run }) => run.letGo()));
  const alive = [threadId, ...observers.map(({ worker }) => worker.threadId)];
  expect(leftIn(threadInbox.own().words, ...alive), `seed ${seed}`).toEqual([]);
  expect(threadInbox.own().heldCount).toBe(0);
}

/** Nobody looks at a token meanwhile: a cancel is heard of by the bell, or not at all. */
async function until(isThere: () => Promise<boolean>, who: string, ...seen: unknown[]): Promise<void> {
  for (const end = performance.now() + LOST_AFTER_MS; !(await isThere());) {
    if (performance.now() > end)
      throw new Error(`${who} has not heard of a cancel, seed ${seed}: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test(
  `${THREADS} threads that end in every way leave no slot, entry or record, and take no cancel along (R1, R2, K1)`,
  { timeout: 900_000 },
  async () => {
    const startedAt = performance.now();

    for (let started = 0; started < THREADS; started += THREADS_A_ROUND) {
      await round(Math.min(THREADS_A_ROUND, THREADS - started));
    }

    const tookS = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(
      `workers ended: seed ${seed}, ${JSON.stringify(ended)}, ${cancels} cancels, ${attachedHere} attached here, ${tookS} s`,
    );
    expect(cancels).toBeGreaterThan(0);
    expect(attachedHere).toBeGreaterThan(0);
  },
);
