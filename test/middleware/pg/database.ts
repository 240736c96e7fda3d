/** A Postgres for the tests of a file, and pools to it that end with their test. */
import { Client, type ClientConfig, Pool, type PoolConfig } from 'pg';
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest';
import { eventually } from '../../support/prometheus-server.ts';
import { type PostgresServer, type PostgresServerOptions, startPostgres } from '../../support/postgres-server.ts';

const STARTS_WITHIN_MS = 30_000;

/** Says that it runs, and sleeps. */
export const SLEEP = `do $$ begin raise notice 'running'; perform pg_sleep(30); end $$`;

export interface Database {
  readonly server: PostgresServer;
  /** A pool of one connection. */
  pool(config?: PoolConfig): Pool;
  client(config?: ClientConfig): Promise<Client>;
  /** How many queries like this run now. */
  running(text: string): Promise<number>;
  /** Resolves when {@link SLEEP} runs next on a connection that a pool opens from now on, or on the client. */
  sleeping(on: Pool | Client): Promise<void>;
}

/** One server for all tests of a file. */
export function useDatabase(options?: PostgresServerOptions): Database {
  let server: PostgresServer | undefined;
  let admin: Client | undefined;
  beforeAll(async () => {
    server = await startPostgres(options);
    admin = new Client(server.socket);
    await admin.connect();
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });
  const running = async (text: string): Promise<number> => {
    const sql = `select count(*)::int as n from pg_stat_activity where state = 'active' and query like $1 and pid <> pg_backend_pid()`;
    const answer = await admin?.query<{ n: number }>(sql, [`%${text}%`]);
    return answer?.rows[0]?.n ?? Number.NaN;
  };
  afterEach(() =>
    eventually(
      () => running('pg_sleep(3'),
      (left) => left === 0,
    ),
  ); // no test leaves a query to the next
  const started = (): PostgresServer => {
    if (server === undefined) throw new Error('the server is started before all tests');
    return server;
  };
  return {
    get server() {
      return started();
    },
    pool(config) {
      const pool = new Pool({ ...started().tcp, max: 1, ...config });
      pool.on('error', () => {}); // an idle connection that the server closes
      onTestFinished(() => pool.end());
      return pool;
    },
    async client(config) {
      const client = new Client({ ...started().tcp, ...config });
      client.on('error', () => {});
      onTestFinished(() => client.end());
      await client.connect();
      return client;
    },
    running,
    sleeping: (on) =>
      new Promise((resolve) => {
        if (on instanceof Pool) on.on('connect', (client) => client.on('notice', () => resolve()));
        else on.on('notice', () => resolve());
      }),
  };
}
