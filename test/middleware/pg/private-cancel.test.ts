import { expect, test } from 'vitest';
import { CancellationToken } from '../../../src/index.ts';
import { cancellableQuery } from '../../../src/middleware/pg/index.ts';
import { caughtCancel } from '../../support/caught.ts';
import { startProxy } from './cancel-proxy.ts';
import { SLEEP, useDatabase } from './database.ts';

const database = useDatabase({ tls: true });

test('Q10: a query over TLS is cancelled over TLS, with the certificate checked against the name', async () => {
  const proxy = await startProxy(database.server.tcp.port);
  const ssl = { ca: database.server.certificate ?? '' };
  const pool = database.pool({ host: 'localhost', port: proxy.port, ssl });
  const stop = new CancellationToken({ name: 'stop' });
  const running = database.sleeping(pool);
  const query = caughtCancel(cancellableQuery(pool, SLEEP, [], { token: stop }));
  await running;

  stop.cancel();
  await query;

  expect(proxy.began).toEqual(['tls', 'tls']);
  expect(await database.running('pg_sleep(30)')).toBe(0);
  expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
});
