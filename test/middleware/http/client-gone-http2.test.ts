import { once } from 'node:events';
import { constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { isCancelled } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { type Http2BothSides, type Http2Exchange, http2Exchange } from '../../support/http2-exchange.ts';
import { record } from '../../support/record.ts';

guardLeaks();

const CASES = (['compatibility', 'core'] as const).flatMap((api) =>
  (
    [
      ['GET', 'before headers'],
      ['GET', 'mid-body'],
      ['POST', 'mid-upload'],
      ['POST', 'before headers'],
      ['POST', 'mid-body'],
    ] as const
  ).map(([method, phase]) => ({ api, method, phase })),
);

type Leave = (sides: Pick<Http2BothSides, 'client' | 'session' | 'connection'>) => void;

const LEAVING: readonly (readonly [string, Leave])[] = [
  ['cancels the stream', ({ client }) => client.close(constants.NGHTTP2_CANCEL)],
  ['closes it without an error', ({ client }) => client.close(constants.NGHTTP2_NO_ERROR)],
  ['ends its session', ({ session }) => session.destroy()],
  ['loses its connection', ({ connection }) => void connection.destroy()],
  ['resets its connection', ({ connection }) => void connection.resetAndDestroy()],
];

const untilCancelled = ({ scope }: Http2Exchange): Promise<never> => scope.race(new Promise<never>(() => {}));

describe.each(CASES)('HTTP/2, $api API, $method, $phase', ({ api, method, phase }) => {
  test.each(LEAVING)('H1: the client %s: disconnect, told once', async (_how, leave) => {
    const recorded = record();
    const both = await http2Exchange(api, method, phase, untilCancelled);

    leave(both);

    expect(isCancelled(await both.ended, 'disconnect')).toBe(true);
    const told = { method, phase: phase === 'mid-body' ? 'streaming' : 'before_headers' };
    expect(recorded.of('clientDisconnected')).toEqual([told]);
    expect(recorded.of('cancelRequested')).toMatchObject([{ cause: { reason: 'disconnect' }, result: 'accepted' }]);
  });

  test('H2: a normal answer cancels nothing', async () => {
    const recorded = record();
    const { client, ended } = await http2Exchange(api, method, phase, async ({ stream, response }) => {
      stream.resume();
      const closed = once(stream, 'close');
      (response ?? stream).end('done');
      await closed;
      return 'served';
    });
    if (phase === 'mid-upload') client.end('llo');
    client.resume();

    expect(await ended).toBe('served');
    expect(recorded.of('clientDisconnected')).toEqual([]);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed', cause: undefined }]);
  });

  test.each([
    ['stream', ({ stream, response }: Http2Exchange) => void (response ?? stream).destroy()],
    ['session', ({ stream }: Http2Exchange) => stream.session?.destroy()],
  ])('H1: the server destroys the %s itself: no disconnect', async (_what, destroy) => {
    const recorded = record();
    const { ended } = await http2Exchange(api, method, phase, async (exchange) => {
      if (phase === 'mid-body') await new Promise((resolve) => setImmediate(resolve));
      const closed = once(exchange.stream, 'close');
      destroy(exchange);
      await closed;
      return 'destroyed';
    });

    expect(await ended).toBe('destroyed');
    expect(recorded.of('clientDisconnected')).toEqual([]);
  });
});
