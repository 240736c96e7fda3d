import { once } from 'node:events';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isCancelled } from '../../../src/index.ts';
import { requestScope } from '../../../src/middleware/node/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { exchange, serve } from '../../support/http-exchange.ts';
import { record } from '../../support/record.ts';

guardLeaks();

describe('requestScope', () => {
  test('H3: is named by its route, never by the path', async () => {
    const recorded = record();
    const { client, ended } = await exchange('GET', 'before_headers', ({ response }) => void response.end());
    client.end();
    await ended;

    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['get:/orders/{id}']);
  });

  test('is cancelled on entry when the client had gone before', async () => {
    const recorded = record();
    const ended = deferred<unknown>();
    const arrived = deferred();
    let ran = false;
    const open = await serve((request, response) => {
      arrived.resolve();
      response.on('close', () => {
        caught(requestScope(request, response, { route: 'get:/late' }, () => (ran = true))).then(
          ended.resolve,
          ended.resolve,
        );
      });
    });
    const client = open();
    client.end();
    await arrived.promise;

    client.destroy();

    expect(isCancelled(await ended.promise, 'disconnect')).toBe(true);
    expect(ran).toBe(false);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
  });

  test('H2: opened after the answer was complete is not cancelled by that', async () => {
    const ended = deferred<unknown>();
    const open = await serve((request, response) => {
      response.on('close', () => {
        requestScope(request, response, { route: 'get:/after' }, () => 'logged').then(ended.resolve, ended.resolve);
      });
      response.end('done');
    });
    const client = open();
    client.on('response', (answer) => answer.resume());
    client.end();

    expect(await ended.promise).toBe('logged');
  });

  test('has its other options: a budget ends it with timeout, and nobody counts a disconnect', async () => {
    const recorded = record();
    const ended = deferred<unknown>();
    const open = await serve((request, response) => {
      requestScope(request, response, { route: 'get:/slow', timeoutMs: 5 }, (scope) =>
        scope.race(new Promise(() => {})),
      )
        .catch((error: unknown) => ended.resolve(error))
        .finally(() => response.writeHead(504).end());
    });
    const client = open();
    const answered = once(client, 'response') as Promise<[IncomingMessage]>;
    client.end();
    const [answer] = await answered;
    answer.resume();

    expect(isCancelled(await ended.promise, 'timeout')).toBe(true);
    expect(answer.statusCode).toBe(504);
    expect(recorded.of('clientDisconnected')).toEqual([]);
  });

  test('leaves nothing on the request and the response', async () => {
    const ended = deferred<unknown>();
    const open = await serve((request, response) => {
      const { destroy } = response;
      const counts = (): unknown[] => [
        request.listenerCount('aborted'),
        response.listenerCount('close'),
        response.destroy === destroy,
        Object.hasOwn(response, 'destroy'),
      ];
      const before = counts();
      void requestScope(request, response, { route: 'get:/x' }, () => 1)
        .then(() => ended.resolve([before, counts()]), ended.reject)
        .finally(() => response.end());
    });
    const client = open();
    client.on('response', (answer) => answer.resume());
    client.end();
    const [before, after] = (await ended.promise) as [unknown, unknown];

    expect(after).toEqual(before);
  });

  test('on a kept-alive connection takes each request for itself', async () => {
    const recorded = record();
    const ends: unknown[] = [];
    const second = deferred<unknown>();
    const entered = deferred();
    const open = await serve((request, response) => {
      const run = requestScope(request, response, { route: `get:${request.url}` }, async (scope) => {
        if (request.url === '/first') return response.end('done');
        entered.resolve();
        return scope.race(new Promise<never>(() => {}));
      });
      run.then(
        () => ends.push('served'),
        (error: unknown) => second.resolve(error),
      );
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const first = open({ agent, path: '/first' });
    first.end();
    const [answer] = (await once(first, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    const next = open({ agent, path: '/second' });
    next.end();
    await entered.promise;
    const reused = next.reusedSocket;

    next.destroy();

    expect(reused).toBe(true);
    expect(isCancelled(await second.promise, 'disconnect')).toBe(true);
    expect(ends).toEqual(['served']);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
  });

  test.each([undefined, null, '', 5])('refuses a route that is %o, by name', async (route) => {
    const request = { method: 'GET' } as IncomingMessage;
    const response = {} as ServerResponse;

    const error = await caught(requestScope(request, response, { route: route as string }, () => 1));

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'route' });
  });
});
