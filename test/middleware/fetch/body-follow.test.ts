import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { cancelScope, CancellationToken, isCancelled, openScope } from '../../../src/index.ts';
import { cancellableFetch } from '../../../src/middleware/fetch/index.ts';
import { liveCounts } from '../../../src/instrumentation/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

/** A server whose answer never ends. */
const endless = (): ReturnType<typeof serveCalls> => serveCalls((_, response) => void response.write('first part'));

describe('a body that is being read', () => {
  test('is cut off by a scope further out, when the one around the call has ended (C17)', async () => {
    const server = await endless();
    const got = deferred<Response>();

    const error = await caught(
      cancelScope('request', async (request) => {
        const response = await cancelScope('load', () => cancellableFetch()(server.url));
        got.resolve(response);
        const reading = response.text();
        request.cancel('disconnect');
        await reading;
      }),
    );

    expect(isCancelled(error, 'disconnect')).toBe(true);
    await got.promise;
  });

  test('is not cut off by the end, or the later timeout, of the scope around the call (C17)', async () => {
    const go = deferred();
    const server = await serveCalls((_, response) => {
      response.write('one ');
      void go.promise.then(() => response.end('two'));
    });

    const response = await cancelScope('load', { timeoutMs: 3_600_000 }, () => cancellableFetch()(server.url));
    const reading = response.text();
    go.resolve();

    expect(await reading).toBe('one two');
  });

  test('in a shield is not cut off by what the shield holds back (C17)', async () => {
    const go = deferred();
    const server = await serveCalls((_, response) => {
      response.write('one ');
      void go.promise.then(() => response.end('two'));
    });
    let text = '';

    const error = await caught(
      cancelScope('order', (scope) =>
        scope.shield(async () => {
          const response = await cancellableFetch()(server.url);
          scope.cancel('superseded');
          go.resolve();
          text = await response.text();
        }),
      ),
    );

    expect(text).toBe('one two');
    expect(isCancelled(error, 'superseded')).toBe(true);
  });

  test('read by a stream reader or as a clone is cut off as well', async () => {
    const server = await endless();
    const token = new CancellationToken({ name: 'stop' });

    const errors = await caught(
      cancelScope('report', { token }, async () => {
        const fetch = cancellableFetch();
        const streamed = (await fetch(server.url)).body?.getReader();
        const cloned = (await fetch(server.url)).clone();
        await streamed?.read();
        const failed = Promise.all([caught(Promise.resolve(streamed?.read())), caught(cloned.text())]);
        token.cancel('shutdown');
        throw await failed;
      }),
    );

    expect((errors as unknown[]).map((error) => isCancelled(error, 'shutdown'))).toEqual([true, true]);
  });

  test('is a scope when it is cut off, and none when it is read in peace (C19)', async () => {
    const recorded = record();
    const server = await serveCalls((request, response) => {
      if (request.url === '/whole') response.end('whole');
      else response.write('first part');
    });

    await caught(
      cancelScope('report', async (scope) => {
        const fetch = cancellableFetch();
        await (await fetch(`${server.url}/whole`)).text();
        const reading = (await fetch(`${server.url}/part`)).text();
        scope.cancel();
        await reading;
      }),
    );

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['report', 'fetch', 'fetch', 'fetch:body']);
    expect(recorded.sequence('fetch:body')).toEqual([
      'scopeOpened',
      'cancelDelivered',
      'cancelAcknowledged',
      'scopeSettled',
    ]);
  });
});

describe('nothing is left on what can cancel a call (C18)', () => {
  const controller = new AbortController();
  const readings: readonly [how: string, read: (response: Response) => Promise<unknown>][] = [
    ['read to its end', (response) => response.text()],
    ['cancelled', async (response) => response.body?.cancel()],
    [
      'read in part',
      async (response) => {
        for await (const _ of response.body ?? []) break;
      },
    ],
    ['cloned, and both read', (response) => Promise.all([response.clone().text(), response.text()])],
  ];

  test.each(readings)('once its body is %s', async (_, read) => {
    const server = await serveCalls((_, response) => void response.end('x'.repeat(200_000)));
    const scope = openScope('service');
    const before = liveCounts();

    await scope.run(async () => {
      const fetch = cancellableFetch({ timeoutMs: 60_000 });
      await read(await fetch(server.url, { signal: controller.signal }));
      await loopTurn();
    });

    expect(liveCounts()).toEqual(before);
    expect(listenersOn(controller.signal)).toBe(0);
    scope.close();
  });

  test.each(['HEAD', 'GET'])('when there is no body: %s', async (method) => {
    const server = await serveCalls((_, response) => void response.writeHead(204).end());
    const scope = openScope('service');
    const before = liveCounts();

    await scope.run(() => cancellableFetch()(server.url, { method }));

    expect(liveCounts()).toEqual(before);
    scope.close();
  });

  test('when the body is let go unread, once it is collected', async () => {
    const server = await serveCalls((_, response) => void response.end('short'));
    const scope = openScope('service');
    const before = liveCounts();

    await scope.run(async () => {
      for (let count = 0; count < 50; count++) await cancellableFetch()(server.url);
    });
    for (let turn = 0; turn < 100 && liveCounts().listeners > before.listeners; turn++) {
      globalThis.gc?.();
      await loopTurn();
    }

    expect(liveCounts().listeners).toBe(before.listeners);
    scope.close();
  });

  test('when the connection breaks in the middle of it', async () => {
    const server = await serveCalls((_, response) => {
      response.write('first part');
      response.once('drain', () => {});
      setImmediate(() => response.destroy());
    });
    const scope = openScope('service');
    const before = liveCounts();

    const error = await caught(scope.run(async () => (await cancellableFetch()(server.url)).text()));

    expect(error).toMatchObject({ name: 'TypeError' });
    await loopTurn();
    expect(liveCounts()).toEqual(before);
    scope.close();
  });
});

/** How many listeners are on it. */
function listenersOn(signal: AbortSignal): number {
  return getEventListeners(signal, 'abort').length;
}
