/** Fails a test that leaves anything of the workers it started behind. */
import { fileURLToPath } from 'node:url';
import { threadId, type Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect } from 'vitest';
import { threadInbox } from '../../../../src/backends/thread/thread-inbox.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { guardUnhandled } from '../../../support/guard-unhandled.ts';
import { leftIn } from './slab-audit.ts';

// Each worker compiles the library anew, unless Node finds it compiled.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('.tmp/compiled', import.meta.url));

/** The workers of the running test, in the order they were started. */
export interface StartedWorkers {
  readonly all: readonly Worker[];
  /** Resolves with their exit codes, when all have ended. */
  ended(): Promise<number[]>;
}

/** After each test of the file, waits until its workers have ended: then no slot, entry, listener or scope is left. */
export function guardWork(): StartedWorkers {
  const all: Worker[] = [];
  let exits: Promise<number>[] = [];
  let before: string[] = [];
  const note = (worker: Worker): void => {
    all.push(worker);
    exits.push(new Promise((resolve) => worker.once('exit', resolve)));
  };
  guardLeaks();
  guardUnhandled();
  beforeEach(() => {
    all.length = 0;
    exits = [];
    before = left();
    process.on('worker', note);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') for (const worker of all) void worker.terminate(); // none would end by itself
    process.off('worker', note);
    await Promise.all(exits);
    expect(left()).toEqual(before);
  });
  return {
    all,
    async ended() {
      await new Promise((resolve) => process.nextTick(resolve)); // one started just now is not known before
      return Promise.all(exits);
    },
  };
}

function left(): string[] {
  return threadInbox.slabs.flatMap(({ words, heldCount }) => [
    ...leftIn(words, threadId),
    ...(heldCount === 0 ? [] : [`tokens held here: ${heldCount}`]),
  ]);
}
