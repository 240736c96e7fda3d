/** A thread that races others to cancel tokens, or to listen to them before they are cancelled. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../src/backends/thread/index.ts';
import type { CancellationToken } from '../../../src/index.ts';
import { type Barrier, idleFor, meet, randoms } from '../../support/barrier.ts';
import { serve } from '../../support/remote-calls.ts';
import { channelTo } from '../../support/thread-agent.ts';

/** Racers of one race, and how far their starts lie apart at most. */
export interface Race {
  readonly barrier: Barrier;
  readonly threads: number;
  readonly jitter: number;
  readonly seed: number;
}

/** What one racer saw, by token. */
export interface Seen {
  /** It cancelled it, and was told that it won. */
  readonly won: readonly boolean[];
  /** It was live just before it cancelled it. */
  readonly contended: readonly boolean[];
  /** How often its listener ran. */
  readonly heard: readonly number[];
  /** Its listener ran as it was registered. */
  readonly atOnce: readonly boolean[];
  /** The cause that its listener was given. */
  readonly causes: readonly string[];
}

/** Longer than a wake-up takes; what has not been heard by then is lost. */
const LOST_AFTER_MS = 10_000;

/** A lost wake-up must show: whoever has not heard its bell is woken no second time here. */
globalThis.setTimeout = (() => ({ unref() {} })) as never;

const { barrier, threads, jitter, seed } = workerData as Race;
const random = randoms(seed);
let tokens: CancellationToken[] = [];
let heard: number[] = [];
let causes: string[] = [];

function listen(index: number): void {
  (tokens[index] as CancellationToken).onCancel((cause) => {
    heard[index] = (heard[index] ?? 0) + 1;
    causes[index] = JSON.stringify(cause);
  });
}

async function allHeard(): Promise<void> {
  const endsAt = performance.now() + LOST_AFTER_MS;
  while (heard.some((times) => times === 0) && performance.now() < endsAt) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setImmediate(resolve)); // time to be called once too often
}

const commands = {
  attach(handles: SharedTokenHandle[]): void {
    tokens = handles.map((handle) => attachToken(handle));
    heard = tokens.map(() => 0);
    causes = tokens.map(() => '');
  },

  /** Listens to all, then cancels each at the same moment as the others do. */
  async cancelAll(): Promise<Seen> {
    for (const index of tokens.keys()) listen(index);
    const won: boolean[] = [];
    const contended: boolean[] = [];
    for (const [index, token] of tokens.entries()) {
      meet(barrier, threads);
      idleFor(random(jitter));
      contended[index] = !token.isCancelled;
      won[index] = token.cancel('superseded', `${index} by seed ${seed}`);
    }
    await allHeard();
    return { won, contended, heard, atOnce: [], causes };
  },

  /** Listens to each at the same moment as another cancels it. */
  async listenToEach(): Promise<Seen> {
    const atOnce: boolean[] = [];
    for (const index of tokens.keys()) {
      meet(barrier, threads);
      idleFor(random(jitter));
      listen(index);
      atOnce[index] = heard[index] !== 0;
    }
    await allHeard();
    return { won: [], contended: [], heard, atOnce, causes };
  },

  /** Cancels each at the same moment as another begins to listen. */
  cancelEach(): boolean[] {
    return tokens.map((token, index) => {
      meet(barrier, threads);
      idleFor(random(jitter));
      return token.cancel('manual', String(index));
    });
  },

  /** Listens to all, and leaves the rest to its event loop. */
  async hearAll(): Promise<number[]> {
    for (const index of tokens.keys()) listen(index);
    meet(barrier, threads);
    await allHeard();
    return heard;
  },

  /** Cancels one after the other, as the others come back to their event loops or do not. */
  cancelAllSlowly(): void {
    meet(barrier, threads);
    for (const [index, token] of tokens.entries()) {
      idleFor(random(jitter));
      token.cancel('manual', String(index));
    }
  },
};

/** What a racer does. */
export type RacerCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));
