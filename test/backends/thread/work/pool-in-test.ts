/** Pools of a test. */
import { Piscina } from 'piscina';
import { afterEach } from 'vitest';
import { runInPiscina, type RunInPiscinaOptions } from '../../../../src/backends/thread/index.ts';
import type { Scope } from '../../../../src/index.ts';

const FILE = new URL('tasks/pool.ts', import.meta.url).href;

/** A pool, and a way to run one of its tasks by name. */
export interface PoolInTest {
  readonly pool: Piscina;
  readonly run: (scope: Scope, name: string, data?: unknown, options?: RunInPiscinaOptions) => Promise<unknown>;
}

/** Gives a `pool` whose threads end after each test of the file. Call it after `guardWork`. */
export function poolsForTests(): (threads?: number) => PoolInTest {
  const pools: Piscina[] = [];
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
  });
  return (threads = 1) => {
    const pool = new Piscina({ minThreads: threads, maxThreads: threads });
    pools.push(pool);
    return {
      pool,
      run: (scope, name, data, options = {}) =>
        runInPiscina(scope, named(pool, name), data, { ...options, run: { filename: FILE, ...options.run } }),
    };
  };
}

/** The pool, with the task of one name: the option `name` of `run` is the library's. */
function named(pool: Piscina, name: string): Pick<Piscina, 'run'> {
  return { run: (data, options) => pool.run(data, { ...options, name }) };
}
