import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { type Dispatcher, interceptors } from 'undici';
import { cancelScope, isCancelled } from '../../../src/token/index.ts';
import { liveCounts } from '../../../src/instrumentation/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { agentWith } from './dispatchers.ts';

guardLeaks();
guardUnhandled();

test('a cancel is not tried again', async () => {
  const server = await serveCalls(() => {});
  const dispatcher = agentWith({}, interceptors.retry({ maxRetries: 3, minTimeout: 1 }));

  const error = await caught(
    cancelScope('report', async (scope) => {
      const call = dispatcher.request({ origin: server.url, path: '/', method: 'GET' });
      while (server.requests() === 0) await loopTurn();
      scope.cancel('superseded');
      return call;
    }),
  );

  expect(isCancelled(error, 'superseded')).toBe(true);
  expect(server.requests()).toBe(1);
});

test('a connection is used again after requests that ended as they should, and not after one that was cut', async () => {
  const server = await serveCalls((request, response) => {
    if (request.url === '/') response.end('whole');
    else response.write('first part');
  });
  const dispatcher = agentWith();
  const get = (path: string): Promise<Dispatcher.ResponseData> =>
    dispatcher.request({ origin: server.url, path, method: 'GET' });
  for (let count = 0; count < 5; count++) {
    await (await get('/')).body.text();
    await loopTurn();
  }
  const before = server.connections();
  await caught(
    cancelScope('report', async (scope) => {
      const { body } = await get('/part');
      scope.cancel();
      await body.text();
    }),
  );

  await (await get('/')).body.text();

  expect([before, server.connections()]).toEqual([1, 2]);
});

test('2,000 requests leave nothing on a scope and a signal that live on (T11)', async () => {
  const server = await serveCalls((_, response) => void response.end('answer'));
  const dispatcher = agentWith({ timeoutMs: 600_000 });
  const { signal } = new AbortController();
  const request = { origin: server.url, path: '/', method: 'GET', signal } as const;

  await cancelScope('service', async () => {
    const before = liveCounts();
    for (let batch = 0; batch < 100; batch++) {
      await Promise.all(Array.from({ length: 20 }, async () => (await dispatcher.request(request)).body.text()));
    }
    await loopTurn();

    expect(liveCounts()).toEqual(before);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
