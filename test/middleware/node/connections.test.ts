import { getEventListeners, once } from 'node:events';
import http, { Agent, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { cancelScope, currentScope } from '../../../src/token/index.ts';
import { liveCounts } from '../../../src/instrumentation/index.ts';
import { cancellableRequest } from '../../../src/middleware/node/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';

guardLeaks();
guardUnhandled();

test('a connection is used again after requests that ended as they should, and not after one that was cut', async () => {
  const ports: (number | undefined)[] = [];
  const server = await serveCalls((request, response) => {
    ports.push(request.socket.remotePort);
    if (request.url === '/') response.end('whole');
    else response.write('first part');
  });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const get = cancellableRequest(http.get);
  const call = async (path: string): Promise<string> => {
    const request = get(server.url + path, { agent }).on('error', () => {});
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (path !== '/') currentScope()?.cancel();
    const body = await text(response);
    await loopTurn();
    return body;
  };

  for (let count = 0; count < 3; count++) await call('/');
  await caught(cancelScope('report', () => call('/part')));
  await call('/');

  expect(ports.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ports[0]));
  expect(ports[4]).not.toBe(ports[0]);
});

test('2,000 requests leave nothing on a scope and a signal that live on (T11)', async () => {
  const server = await serveCalls((_, response) => void response.end('answer'));
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const get = cancellableRequest(http.get, { timeoutMs: 600_000 });
  const { signal } = new AbortController();

  await cancelScope('service', async () => {
    const before = liveCounts();
    for (let batch = 0; batch < 100; batch++) {
      const calls = Array.from({ length: 20 }, async () => {
        const [response] = (await once(get(server.url, { agent, signal }), 'response')) as [IncomingMessage];
        return text(response);
      });
      await Promise.all(calls);
    }
    await loopTurn();

    expect(liveCounts()).toEqual(before);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
