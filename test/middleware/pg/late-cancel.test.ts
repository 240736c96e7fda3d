import { once } from 'node:events';
import { Socket } from 'node:net';
import type { Client, ClientBase, Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { CancellationToken, type CancelledError } from '../../../src/index.ts';
import { cancellableQuery, type CancellableQueryOptions } from '../../../src/middleware/pg/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caughtCancel } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { type CancelProxy, startProxy } from './cancel-proxy.ts';
import { SLEEP, useDatabase } from './database.ts';

guardLeaks();
guardUnhandled();
const database = useDatabase();

/** A query that sleeps at the server, behind a proxy that holds cancels; and one more that waits for its connection. */
interface Sleeping {
  readonly proxy: CancelProxy;
  readonly pool: Pool;
  readonly stop: CancellationToken;
  readonly client: Client & { readonly processID: number };
  readonly query: Promise<CancelledError>;
}

async function sleeping(
  options: CancellableQueryOptions = {},
  prepare?: (client: ClientBase) => void,
): Promise<Sleeping> {
  const proxy = await startProxy(database.server.tcp.port);
  proxy.holdCancels = true;
  const pool = database.pool({ port: proxy.port });
  let client: ClientBase | undefined;
  pool.on('connect', (connected) => {
    client = connected;
    prepare?.(connected);
  });
  const stop = new CancellationToken({ name: 'stop' });
  const running = database.sleeping(pool);
  const query = caughtCancel(cancellableQuery(pool, SLEEP, [], { token: stop, ...options }));
  await running;
  return { proxy, pool, stop, query, client: client as Sleeping['client'] };
}

/** Ends what runs on the client's connection, from elsewhere; resolves when the client can be asked again. */
async function endAtServer({ client }: Sleeping): Promise<void> {
  const ready = once(client.connection, 'readyForQuery');
  const admin = await database.client();
  await admin.query('select pg_cancel_backend($1)', [client.processID]);
  await ready;
}

describe('a cancel that is late', () => {
  test('Q14: never hits the next query: that waits for it', async () => {
    const set = await sleeping();
    const next = set.pool.query('select pg_sleep(0.05), 7 as seven');
    set.stop.cancel();
    const cancel = await set.proxy.nextCancel();

    await endAtServer(set);
    const waitingMeanwhile = set.pool.waitingCount;
    await cancel.pass();
    await set.query;

    expect((await next).rows).toMatchObject([{ seven: 7 }]);
    expect(waitingMeanwhile).toBe(1);
    expect([set.pool.totalCount, set.pool.idleCount]).toEqual([1, 1]);
  });

  test('Q14: never hits the next cancellable query on a client of the caller', async () => {
    const proxy = await startProxy(database.server.tcp.port);
    proxy.holdCancels = true;
    const client = (await database.client({ port: proxy.port })) as Sleeping['client'];
    const stop = new CancellationToken({ name: 'stop' });
    const running = database.sleeping(client);
    const query = caughtCancel(cancellableQuery(client, SLEEP, [], { token: stop }));
    const next = cancellableQuery(client, 'select pg_sleep(0.05), 7 as seven');
    await running;
    stop.cancel();
    const cancel = await proxy.nextCancel();

    const admin = await database.client();
    const ready = once(client.connection, 'readyForQuery');
    await admin.query('select pg_cancel_backend($1)', [client.processID]);
    await ready;
    await cancel.pass();
    await query;

    expect((await next).rows).toMatchObject([{ seven: 7 }]);
  });

  test('Q14: by more than the time it has costs its connection', async () => {
    const clock = virtualClock();
    const set = await sleeping({ clock, cancelWithinMs: 700 });
    const next = set.pool.query('select 7 as seven');
    set.stop.cancel();
    await set.proxy.nextCancel();
    await endAtServer(set);

    await clock.advance(699);
    expect(set.pool.totalCount).toBe(1);
    await clock.advance(1);
    await set.query;

    expect((await next).rows).toEqual([{ seven: 7 }]);
    expect(set.client.connection.stream.destroyed).toBe(true);
  });

  test('Q11: and whose connection breaks costs the connection, and is sent once more', async () => {
    const set = await sleeping();
    const next = set.pool.query('select 7 as seven');
    set.stop.cancel();

    (await set.proxy.nextCancel()).reset();
    await (await set.proxy.nextCancel()).pass();
    await set.query;

    expect(await database.running('pg_sleep(30)')).toBe(0);
    expect((await next).rows).toEqual([{ seven: 7 }]);
    expect(set.client.connection.stream.destroyed).toBe(true);
  });
});

describe('a query that does not stop', () => {
  test('Q14: is left, with its connection, when its time is over', async () => {
    const clock = virtualClock();
    const set = await sleeping({ clock });
    set.stop.cancel();
    const cancel = await set.proxy.nextCancel();

    await clock.advance(5_000);
    const error = await set.query;

    expect(error.cause.root.reason).toBe('manual');
    expect([set.pool.totalCount, set.pool.waitingCount]).toEqual([0, 0]);
    await cancel.pass();
  });

  test('Q14: is left at once where the server gave no key to cancel it with', async () => {
    const set = await sleeping({}, (client) =>
      Object.assign(client, { pid: (client as Sleeping['client']).processID, processID: null }),
    );
    set.stop.cancel();

    await set.query;

    expect(set.pool.totalCount).toBe(0);
    const admin = await database.client();
    await admin.query('select pg_cancel_backend($1)', [(set.client as unknown as { pid: number }).pid]);
  });

  test('is not waited for where the caller gives no grace; its connection comes back all the same', async () => {
    const set = await sleeping({ graceMs: 0 });
    set.stop.cancel();

    await set.query;
    expect([await database.running('pg_sleep(30)'), set.pool.idleCount]).toEqual([1, 0]);
    const released = once(set.pool, 'release');
    await (await set.proxy.nextCancel()).pass();
    await released;

    expect([await database.running('pg_sleep(30)'), set.pool.idleCount]).toEqual([0, 1]);
  });

  test('Q13: because it was overtaken by its cancel is cancelled again', async () => {
    const proxy = await startProxy(database.server.tcp.port);
    const pool = database.pool({ port: proxy.port });
    await pool.query('select 1');
    const stop = new CancellationToken({ name: 'stop' });
    proxy.holdQueries();
    proxy.holdCancels = true;
    const query = caughtCancel(cancellableQuery(pool, 'select pg_sleep(31)', [], { token: stop }));
    await new Promise(setImmediate); // it has its connection

    stop.cancel();
    await (await proxy.nextCancel()).pass();
    proxy.holdCancels = false;
    proxy.passQueries();
    await query;

    expect(await database.running('pg_sleep(31)')).toBe(0);
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
    expect(proxy.began.filter((what) => what === 'cancel').length).toBeGreaterThan(1);
  });
});

describe('Q10: a cancel request', () => {
  test('goes to the address of the connection, whatever its name says by now', async () => {
    const set = await sleeping({}, (client) => Object.assign(client, { host: 'elsewhere.invalid' }));

    set.stop.cancel();
    await (await set.proxy.nextCancel()).pass();
    await set.query;

    expect(set.pool.idleCount).toBe(1);
  });

  test('has its socket from where the pool has its sockets', async () => {
    let made = 0;
    const stream = (): Socket => {
      made++;
      return new Socket();
    };
    const pool = database.pool({ stream });
    const stop = new CancellationToken({ name: 'stop' });
    const running = database.sleeping(pool);
    const query = caughtCancel(cancellableQuery(pool, SLEEP, [], { token: stop }));
    await running;

    stop.cancel();
    await query;

    expect([made, pool.idleCount]).toEqual([2, 1]);
  });
});
