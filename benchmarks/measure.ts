/**
 * Measuring: contenders take turns in short batches, in one process.
 *
 * M1. A round is one batch of each contender; the order moves on by one each round, so that nobody always follows the
 *     same neighbour. Ratios are taken within a round, then their median: slow drifts of the machine cancel out.
 * M2. A batch takes {@link BATCH_MS}, shorter than a time slice of the machine, so that whatever else it runs spoils
 *     some rounds, not the median. Slow work gets more time: a batch of a hundred operations is mostly start-up, and one
 *     with spans came out now at 0.8, now at 1.5 of its competitor; a thousand are alike from run to run.
 * M3. Results land in {@link sink}, so that no work can be optimised away.
 * M4. Code is compiled on the main thread, within the warm-up: left to a thread that has to wait for a busy machine,
 *     whole runs were measured half compiled, now one contender, now another. As many rounds again go before, unmeasured:
 *     contenders share code of the platform and the SDK, which is compiled anew when the second one uses it otherwise.
 * M5. Each batch starts in a clean async context: a store once set leaves an entry behind in the context of whoever
 *     awaits, and makes every contender's `run` dearer from then on.
 * M6. Between batches the event loop turns once: finalizers and timers run there, untimed.
 * M7. Where other threads take part, operations are timed one by one, and a batch is {@link SAMPLES} of them, its cost
 *     their median: now and then the machine takes far longer than usual to wake a thread.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import type { BytesRow, Contender, Costs, SampleRow, TimeRow, Work } from './row.ts';

setFlagsFromString('--no-concurrent-recompilation'); // M4

const BATCH_MS = 1;
const LONGEST_BATCH_MS = 10;
const ENOUGH_OPERATIONS = 1_000;
const WARM_UP_MS = 200;
const SAMPLES = 10;

const inCleanContext = AsyncLocalStorage.snapshot() as (work: Work, times: number) => unknown;

/** Where results go (M3). */
export const sink: { value: unknown } = { value: undefined };

/** A median, and the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** The spread of `values`. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** The value below which a `share` of `values` is. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))] as number;
}

/** One timed batch; ms. */
async function batch(contender: Contender, work: Work, times: number): Promise<number> {
  using _ = contender.during?.();
  if (contender.during !== undefined) await inCleanContext(work, 1); // it has met us before
  await turn(); // M6
  const from = performance.now();
  let result = inCleanContext(work, times); // M5
  if (result instanceof Promise) result = await result;
  const ms = performance.now() - from;
  sink.value = result; // M3
  return ms;
}

/** A contender at work. */
interface Running {
  readonly contender: Contender;
  /** Undefined where each batch needs new preparations. */
  readonly work: Work | undefined;
  /** Operations a batch. */
  readonly times: number;
}

/** Runs it until its code is compiled for good, and finds how many times fill a batch (M2). */
async function warmUp(contender: Contender): Promise<Running> {
  const work = contender.ready();
  if (contender.operations !== undefined) {
    await batch(contender, work, 1);
    return { contender, work: undefined, times: contender.operations };
  }
  let times = 1;
  for (let spent = 0; ;) {
    const ms = await batch(contender, work, times);
    spent += ms;
    if (ms < BATCH_MS / 2) times *= 2;
    else if (spent >= WARM_UP_MS) return { contender, work, times: batchOf(ms / times) };
  }
}

/** How many operations of so many ms make a batch (M2). */
function batchOf(ms: number): number {
  const longest = Math.min(LONGEST_BATCH_MS, Math.max(BATCH_MS, ENOUGH_OPERATIONS * ms));
  return Math.max(1, Math.round(longest / ms));
}

/** ns an operation, by contender, of each round. */
export async function measureTime(row: TimeRow, rounds: number): Promise<Costs[]> {
  using _ = row.during?.();
  const field: Running[] = [];
  for (const contender of row.contenders) field.push(await warmUp(contender));
  const results: Costs[] = [];
  const warmUpRounds = row.rounds === undefined ? rounds : 0;
  for (let round = -warmUpRounds; round < rounds; round++) {
    const costs: Record<string, number> = {};
    for (let turnOf = 0; turnOf < field.length; turnOf++) {
      const { contender, work, times } = field[(turnOf + round + warmUpRounds) % field.length] as Running; // M1
      const ms = await batch(contender, work ?? contender.ready(), times);
      costs[contender.name] = (ms * 1e6) / times;
    }
    if (round >= 0) results.push(costs);
  }
  return results;
}

/** ns an operation, by contender, of each round; and of every single operation. */
export async function measureSamples(
  { start, contenders }: SampleRow,
  rounds: number,
): Promise<{ readonly rounds: Costs[]; readonly all: ReadonlyMap<string, readonly number[]> }> {
  await using field = await start();
  const all = new Map(contenders.map((name) => [name, [] as number[]]));
  const results: Costs[] = [];
  for (let round = -rounds; round < rounds; round++) {
    const costs: Record<string, number> = {};
    for (let turnOf = 0; turnOf < contenders.length; turnOf++) {
      const name = contenders[(turnOf + round + rounds) % contenders.length] as string; // M1
      const samples: number[] = [];
      while (samples.length < SAMPLES) {
        await turn(); // M6
        samples.push(await field.sample(name));
      }
      costs[name] = quantile(samples, 0.5); // M7
      if (round >= 0) all.get(name)?.push(...samples);
    }
    if (round >= 0) results.push(costs); // M4
  }
  return { rounds: results, all };
}

/** Bytes of heap an operation holds, by contender, of each round. */
export async function measureBytes(row: BytesRow, rounds: number): Promise<Costs[]> {
  const { contenders, count } = row;
  const results: Costs[] = [];
  for (let round = -1; round < rounds; round++) {
    const costs: Record<string, number> = {};
    for (let turnOf = 0; turnOf < contenders.length; turnOf++) {
      const { name, keep } = contenders[(turnOf + round + 1) % contenders.length] as (typeof contenders)[number]; // M1
      sink.value = undefined;
      const before = await heapUsed();
      sink.value = keep(count);
      costs[name] = ((await heapUsed()) - before) / count;
    }
    if (round >= 0) results.push(costs); // the first is warm-up
  }
  sink.value = undefined;
  return results;
}

async function heapUsed(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('run with --expose-gc');
  for (let pass = 0; pass < 3; pass++) {
    gc();
    await turn(); // finalizers let go of more
  }
  return process.memoryUsage().heapUsed;
}
