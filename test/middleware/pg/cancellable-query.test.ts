import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import { CancellationToken, isCancelled } from '../../../src/index.ts';
import { cancellableQuery } from '../../../src/middleware/pg/index.ts';
import { caught, caughtCancel } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';
import { SLEEP, useDatabase } from './database.ts';

guardLeaks();
guardUnhandled();
const database = useDatabase();

describe('a query nobody cancels', () => {
  test('has its rows, in a scope of the name it is given', async () => {
    const recorded = record();
    const pool = database.pool();

    const { rows } = await cancellableQuery<{ sum: number }>(pool, 'select $1::int + 1 as sum', [41], {
      name: 'pg:add',
    });

    expect(rows).toEqual([{ sum: 42 }]);
    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['pg:add']);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  test('takes a query config, also one for rows as arrays', async () => {
    const pool = database.pool();

    const { rows } = await cancellableQuery<[number, string]>(pool, { text: `select 1, 'a'`, rowMode: 'array' });

    expect(rows).toEqual([[1, 'a']]);
  });

  test('Q15: keeps its own error, and its connection', async () => {
    const pool = database.pool();

    const error = await caught(cancellableQuery(pool, 'select 1 / 0'));

    expect(error).toMatchObject({ code: '22012' });
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  test('keeps the error of a timeout set at the server', async () => {
    const pool = database.pool({ statement_timeout: 5 });

    const error = await caught(cancellableQuery(pool, 'select pg_sleep(30)'));

    expect(error).toBeInstanceOf(DatabaseError);
    expect(error).toMatchObject({ code: '57014' });
  });

  test('whose values cannot be sent gives the connection back', async () => {
    const pool = database.pool();

    const error = await caught(cancellableQuery(pool, 'select $1', 'no list' as never));

    expect(error).toMatchObject({ message: 'Query values must be an array' });
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  test('is cancelled at the server all the same when pg itself gives it up', async () => {
    const pool = database.pool({ query_timeout: 20 });

    const error = await caught(cancellableQuery(pool, 'select pg_sleep(30)'));

    expect(error).toMatchObject({ message: 'Query read timeout' });
    expect(await database.running('pg_sleep(30)')).toBe(0);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  test('whose server goes away fails with that, and its connection leaves the pool', async () => {
    const pool = database.pool();
    const pids: number[] = [];
    pool.on('connect', (client) => {
      const { processID } = client as unknown as { processID: number };
      pids.push(processID);
    });
    const sleeping = database.sleeping(pool);
    const query = caught(cancellableQuery(pool, SLEEP));
    await sleeping;

    const killer = await database.client();
    await killer.query('select pg_terminate_backend($1)', pids);

    expect(await query).toMatchObject({ code: '57P01' });
    expect(pool.totalCount).toBe(0);
  });

  test('a client that was closed says so itself', async () => {
    const client = await database.client();
    await client.end();

    expect(await caught(cancellableQuery(client, 'select 1'))).toMatchObject({
      message: expect.stringContaining('not queryable') as string,
    });
  });
});

describe('a query that is cancelled', () => {
  test.each(['tcp', 'socket'] as const)(
    'stops at the server, over %s, and its connection is used again',
    async (way) => {
      const pool = database.pool(database.server[way]);
      const stop = new CancellationToken({ name: 'stop' });
      const recorded = record();
      const sleeping = database.sleeping(pool);
      const query = caughtCancel(cancellableQuery(pool, SLEEP, [], { token: stop }));
      await sleeping;
      expect(await database.running('pg_sleep(30)')).toBe(1);

      stop.cancel('manual', 'not needed');
      const error = await query;

      expect(error.cause.root).toMatchObject({ reason: 'manual', message: 'not needed' });
      expect(await database.running('pg_sleep(30)')).toBe(0);
      expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['cancelled']);
      expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    },
  );

  test('by its own budget says timeout', async () => {
    const pool = database.pool();

    const error = await caught(cancellableQuery(pool, 'select pg_sleep(30)', [], { timeoutMs: 20 }));

    expect(isCancelled(error, 'timeout')).toBe(true);
    expect(await database.running('pg_sleep(30)')).toBe(0);
  });

  test('Q12: before it starts never gets a connection', async () => {
    const pool = database.pool();
    const stop = new CancellationToken({ name: 'stop' });
    stop.cancel();

    await caughtCancel(cancellableQuery(pool, 'select 1', [], { token: stop }));

    expect(pool.totalCount).toBe(0);
  });

  test('Q12: while it waits for a connection ends at once, and leaves none behind', async () => {
    const pool = database.pool();
    const stop = new CancellationToken({ name: 'stop' });
    const holder = await pool.connect();
    const released: number[] = [];
    pool.on('release', () => released.push(pool.waitingCount));
    const query = caughtCancel(cancellableQuery(pool, 'insert into nowhere values (1)', [], { token: stop }));

    stop.cancel('disconnect');
    expect((await query).cause.root.reason).toBe('disconnect');
    expect(released).toEqual([]);
    holder.release();
    const { rows } = await pool.query('select 1 as one');

    expect(rows).toEqual([{ one: 1 }]);
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
  });

  test('Q12: in the moment it gets its connection gives it back unused', async () => {
    const pool = database.pool();
    const stop = new CancellationToken({ name: 'stop' });
    pool.on('acquire', () => stop.cancel());

    await caughtCancel(cancellableQuery(pool, 'insert into nowhere values (1)', [], { token: stop }));
    pool.removeAllListeners('acquire');

    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'Q12: %i microtasks after there is a connection is never sent',
    async (microtasks) => {
      const pool = database.pool();
      const stop = new CancellationToken({ name: 'stop' });
      const sentWhenCancelled: boolean[] = [];
      pool.on('acquire', (client) => {
        const query = client.query.bind(client) as (...args: unknown[]) => unknown;
        Object.assign(client, {
          query: (...args: unknown[]) => [sentWhenCancelled.push(stop.isCancelled), query(...args)][1],
        });
        const cancelIn = (left: number): void =>
          left === 0 ? void stop.cancel() : queueMicrotask(() => cancelIn(left - 1));
        cancelIn(microtasks);
      });

      await caught(cancellableQuery(pool, 'select pg_sleep(30)', [], { token: stop }));

      expect(sentWhenCancelled).not.toContain(true);
      expect([pool.totalCount, pool.idleCount, pool.waitingCount]).toEqual([1, 1, 0]);
    },
  );

  test('Q15: after it ended has its result', async () => {
    const pool = database.pool();
    const stop = new CancellationToken({ name: 'stop' });

    const { rows } = await cancellableQuery(pool, 'select 1 as one', [], { token: stop });
    stop.cancel();

    expect(rows).toEqual([{ one: 1 }]);
  });

  test('on a client of the caller in a transaction leaves that to be rolled back', async () => {
    const client = await database.client();
    await client.query('begin');
    const sleeping = database.sleeping(client);
    const stop = new CancellationToken({ name: 'stop' });
    const query = caughtCancel(cancellableQuery(client, SLEEP, [], { token: stop }));
    await sleeping;

    stop.cancel();
    await query;

    expect(await caught(client.query('select 1'))).toMatchObject({ code: '25P02' });
    await client.query('rollback');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('on a client that is busy waits for its turn, and can be cancelled there', async () => {
    const client = await database.client();
    const stop = new CancellationToken({ name: 'stop' });
    const first = cancellableQuery(client, 'select pg_sleep(0.05), 1 as one');
    const second = caughtCancel(cancellableQuery(client, 'select 1 / 0', [], { token: stop }));
    const third = cancellableQuery(client, 'select 3 as three');

    stop.cancel();
    await second;

    expect((await first).rows).toMatchObject([{ one: 1 }]);
    expect((await third).rows).toEqual([{ three: 3 }]);
  });
});
