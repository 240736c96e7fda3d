/**
 * What 100,000 signals of `AbortSignal.timeout` leave in memory after they were adopted or observed (F5), and whether the
 * program's own listeners on such signals still hear under pressure of the garbage collector. Prints bytes a signal, and
 * how many of 200 listeners heard. Real timers and a real heap: it is the platform that keeps, or forgets.
 */
import { adopt, observe, openScope } from '../../src/index.ts';

const SIGNALS = 100_000;
const LISTENERS = 200;
const FAR_MS = 3_600_000;

const collect = globalThis.gc as () => void;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Uses of a signal that leave nothing hanging on it. */
const OVER: Record<string, (signal: AbortSignal) => unknown> = {
  plain: (signal) => signal.aborted,
  adopted(signal) {
    const token = adopt(signal);
    token.onCancel(() => {}).dispose();
    openScope('work', { token }).close();
    return token.isCancelled;
  },
  observed: (signal) => observe('work', signal, () => {}),
};

/** Uses that go on, until the signal aborts. */
const WAITING: Record<string, (signal: AbortSignal) => unknown> = {
  plain: (signal) => signal.addEventListener('abort', () => {}),
  adopted: (signal) => adopt(signal).onCancel(() => {}),
};

/** Heap bytes for each of `count` signals that were used and dropped. */
async function bytesLeft(use: (signal: AbortSignal) => unknown, count: number): Promise<number> {
  await settled();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) {
    use(AbortSignal.timeout(FAR_MS));
    if (index % 5_000 === 0) await turn();
  }
  await settled();
  return Math.round((process.memoryUsage().heapUsed - before) / count);
}

/** Turns and collections, until finalizers have run as well. */
async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    await turn();
    collect();
  }
}

async function bytesOfEach(
  uses: Record<string, (signal: AbortSignal) => unknown>,
  count: number,
): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const [name, use] of Object.entries(uses)) bytes[name] = await bytesLeft(use, count);
  return bytes;
}

/** How many of the program's own listeners hear, on signals that were adopted first and that nobody keeps. */
async function listenersThatHear(): Promise<number> {
  let heard = 0;
  const end = performance.now() + 10_000;
  for (let index = 0; index < LISTENERS; index++) {
    const signal = AbortSignal.timeout(10 + (index % 50));
    void adopt(signal).isCancelled;
    if (index % 2 === 0)
      adopt(signal)
        .onCancel(() => {})
        .dispose();
    signal.addEventListener('abort', () => heard++);
  }
  while (heard < LISTENERS && performance.now() < end) {
    collect();
    await turn();
  }
  return heard;
}

await bytesLeft(OVER['observed'] as () => unknown, 1_000); // what is made once
const heard = await listenersThatHear();
const over = await bytesOfEach(OVER, SIGNALS);
const waiting = await bytesOfEach(WAITING, SIGNALS / 5);
console.log(JSON.stringify({ over, waiting, heard }));
process.exit(0);
