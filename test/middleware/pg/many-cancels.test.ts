/**
 * Cancels of all timings, each with a query behind it on the same connection. `PG_CANCELS` says how many; default 200.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CancellationToken, isCancelled } from '../../../src/index.ts';
import { cancellableQuery } from '../../../src/middleware/pg/index.ts';
import { randoms } from '../../support/barrier.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { useDatabase } from './database.ts';

guardLeaks();
guardUnhandled();
const database = useDatabase();

const CANCELS = Number(process.env['PG_CANCELS'] ?? 200);
const SEED = Number(process.env['PG_SEED'] ?? Date.now() % 100_000);

interface Round {
  /** How long the query sleeps by itself, in s. */
  readonly sleeps: number;
  readonly cancelAfterMs: number;
}

test(
  `Q14: of ${CANCELS} cancels none hits the next query, none leaves its query running, none costs a connection`,
  async () => {
    const random = randoms(SEED);
    const pool = database.pool();
    const pids = new Set<unknown>();
    const counts = { cancelled: 0, hadEnded: 0, stillRunning: 0, hitNext: 0 };
    const stopMs: number[] = [];

    const play = async ({ sleeps, cancelAfterMs }: Round, index: number): Promise<void> => {
      const stop = new CancellationToken({ name: 'stop' });
      const query = cancellableQuery(pool, 'select pg_sleep($1)', [sleeps], { token: stop }).then(
        () => counts.hadEnded++,
        (error: unknown) => (isCancelled(error, 'manual') ? counts.cancelled++ : Promise.reject(error)),
      );
      const next = pool
        .query('select pg_sleep(0.01), pg_backend_pid() as pid, $1::int as index', [index])
        .then(({ rows: [row] }) => row.index === index && pids.add(row.pid))
        .catch((error: unknown) => console.log(`round ${index}:`, counts.hitNext++, error));
      if (cancelAfterMs > 0) await delay(cancelAfterMs);
      const cancelledAt = performance.now();
      stop.cancel();
      await query;
      stopMs.push(performance.now() - cancelledAt);
      counts.stillRunning += await database.running('pg_sleep($1)');
      await next;
    };
    // Half of them sleep long; the others end about when their cancel arrives.
    for (let index = 0; index < CANCELS; index++) {
      const sleeps = index % 2 === 0 ? 30 : random(6) / 1_000;
      await play({ sleeps, cancelAfterMs: random(8) }, index);
    }

    const sorted = stopMs.sort((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
    console.log(`seed ${SEED}:`, counts, `stopped within ${at(0.5)} ms (p50), ${at(0.99)} ms (p99), ${at(1)} ms (all)`);
    expect(counts).toMatchObject({ stillRunning: 0, hitNext: 0 });
    expect(counts.cancelled).toBeGreaterThanOrEqual(CANCELS / 2);
    expect(counts.cancelled + counts.hadEnded).toBe(CANCELS);
    expect(pids.size).toBe(1);
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
  },
  30_000 + CANCELS * 200,
);
