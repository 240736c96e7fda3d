import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isCancelled } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { type Exchange, exchange, send, untilCancelled } from '../../support/http-exchange.ts';
import { record } from '../../support/record.ts';

guardLeaks();

const CASES = (['GET', 'POST'] as const).flatMap((method) =>
  (['before_headers', 'streaming'] as const).map((phase) => ({ method, phase })),
);

/** How a server ends a request itself. Destroying a request that was read does nothing. */
const OWN_ENDS: readonly { reading: string; what: string; destroy: (exchange: Exchange) => void }[] = [
  ...['read', 'unread'].flatMap((reading) => [
    { reading, what: 'response', destroy: ({ response }: Exchange): void => void response.destroy() },
    {
      reading,
      what: 'response, with an error',
      destroy: ({ response }: Exchange): void => void response.destroy(new Error('own')),
    },
    { reading, what: 'connection', destroy: ({ request }: Exchange): void => void request.socket.destroy() },
  ]),
  { reading: 'unread', what: 'request', destroy: ({ request }) => void request.destroy() },
];

describe.each(CASES)('HTTP/1.1 $method, $phase', ({ method, phase }) => {
  test('H1: the client goes away: disconnect, told once', async () => {
    const recorded = record();
    const { client, entered, ended, answered } = await exchange(method, phase, untilCancelled);
    send(client, method);
    await entered;
    if (phase === 'streaming') {
      const [answer] = await answered;
      answer.on('error', () => {});
      await once(answer, 'data');
    }

    client.destroy();
    const error = await ended;

    expect(isCancelled(error, 'disconnect')).toBe(true);
    expect(recorded.of('clientDisconnected')).toEqual([{ method, phase }]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test.each(['read', 'unread'])('H2: a normal answer cancels nothing, the request body %s', async (reading) => {
    const recorded = record();
    const { client, entered, ended, answered } = await exchange(method, phase, async ({ request, response }) => {
      if (reading === 'read') for await (const _ of request);
      const closed = once(response, 'close');
      response.end('done');
      await closed;
      return 'served';
    });
    send(client, method);
    await entered;
    const [answer] = await answered;
    answer.resume();

    expect(await ended).toBe('served');
    expect(recorded.of('clientDisconnected')).toEqual([]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined }]);
  });

  test.each(OWN_ENDS)(
    'H1b: the server destroys the $what itself: no disconnect, the request body $reading',
    async ({ reading, destroy }) => {
      const recorded = record();
      const { client, ended } = await exchange(method, phase, async (both) => {
        const { request, response } = both;
        request.socket.on('error', () => {});
        request.on('error', () => {});
        if (reading === 'read') for await (const _ of request);
        const closed = once(response, 'close');
        destroy(both);
        await closed;
        await new Promise((resolve) => setImmediate(resolve));
        return 'destroyed';
      });
      send(client, method);

      expect(await ended).toBe('destroyed');
      expect(recorded.of('clientDisconnected')).toEqual([]);
      expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
    },
  );
});

describe('H1a: the client goes away in the middle of its upload', () => {
  test('while the body reads it', async () => {
    const recorded = record();
    const { client, entered, ended } = await exchange('POST', 'before_headers', async ({ request, scope }) => {
      for await (const _ of scope.stream(request));
    });
    client.write('he');
    const { request } = await entered;
    if (request.readableLength === 0 && !request.readableDidRead) await once(request, 'readable');

    client.destroy();

    expect(isCancelled(await ended, 'disconnect')).toBe(true);
    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'POST', phase: 'before_headers' }]);
  });

  test('while nobody reads it', async () => {
    const recorded = record();
    const { client, entered, ended } = await exchange('POST', 'before_headers', untilCancelled);
    client.write('he');
    await entered;

    client.destroy();

    expect(isCancelled(await ended, 'disconnect')).toBe(true);
    expect(recorded.of('clientDisconnected')).toHaveLength(1);
  });

  test('under a body parser that answers 400 to nobody, and was there first', async () => {
    const recorded = record();
    const { client, entered, ended } = await exchange('POST', 'before_headers', untilCancelled, (request, response) => {
      request.resume();
      const giveUp = (): void => {
        if (response.writableEnded) return;
        response.statusCode = 400;
        response.end();
      };
      request.on('aborted', giveUp);
      request.on('error', giveUp);
    });
    client.write('he');
    await entered;

    client.destroy();

    expect(isCancelled(await ended, 'disconnect')).toBe(true);
    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'POST', phase: 'before_headers' }]);
  });
});
