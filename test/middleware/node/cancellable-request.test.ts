import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, isCancelled } from '../../../src/token/index.ts';
import { cancellableRequest } from '../../../src/middleware/node/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

type Options = Parameters<typeof cancellableRequest>[1];

describe('a request', () => {
  test('is a scope until its response is read to the end', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.end('answer'));

    const request = cancellableRequest(http.get)(server.url, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const atHeaders = recorded.sequence('http');
    const body = await text(response);
    await settled(recorded, 1);

    expect([body, atHeaders, recorded.sequence('http')]).toEqual([
      'answer',
      ['scopeOpened'],
      ['scopeOpened', 'scopeSettled'],
    ]);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed']);
  });

  test('whose response nobody takes is dropped by Node as ever (C27)', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.end('answer'));

    const request = cancellableRequest(http.request)(server.url, { agent: false });
    request.end();
    await once(request, 'close');

    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed']);
  });

  test('that nobody listens to for errors is heard by the process as ever (C27)', async () => {
    const heard = new Promise((resolve) => {
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.once('uncaughtException', (error) => {
        for (const listener of listeners) process.on('uncaughtException', listener);
        resolve(error);
      });
    });

    cancellableRequest(http.get)('http://127.0.0.1:1/', { agent: false });

    expect(await heard).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('has callbacks in the scope around it (C25)', async () => {
    const server = await serveCalls((_, response) => void response.end('answer'));

    await cancelScope('report', async (scope) => {
      const inside = await new Promise((resolve) => {
        cancellableRequest(http.get)(server.url, { agent: false }, (response) => {
          response.resume().on('end', () => resolve(currentScope()));
        });
      });
      await loopTurn();

      expect(inside).toBe(scope);
    });
  });

  test('whose reader destroys the response is a cancel of the caller (C28)', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.write('first part'));

    const request = cancellableRequest(http.get)(server.url, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.destroy();
    await settled(recorded, 1);

    const [end] = recorded.of('scopeSettled');
    expect([end?.outcome, end?.cause?.reason]).toEqual(['cancelled', 'abort']);
  });

  test.each([
    ['before it answers', false],
    ['amid its answer', true],
  ])('whose server breaks off %s has failed', async (_, answers) => {
    const recorded = record();
    const server = await serveCalls((_, response) => {
      if (answers) response.write('first part', () => setImmediate(() => response.destroy()));
      else response.destroy();
    });

    const request = cancellableRequest(http.get)(server.url, { agent: false }).on('error', () => {});
    const error = await caught(once(request, 'response').then(([response]) => text(response as IncomingMessage)));
    await settled(recorded, 1);

    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  test('under a cancelled scope fails with the cancel, and no server is asked', async () => {
    const server = await serveCalls((_, response) => void response.end());

    const error = await caught(
      cancelScope('report', async (scope) => {
        scope.cancel('shutdown');
        const request = cancellableRequest(http.get)(server.url, { agent: false });
        return once(request, 'response');
      }),
    );
    await loopTurn();

    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect(server.requests()).toBe(0);
  });

  test('that Node refuses is refused by it, and has failed', () => {
    const recorded = record();

    expect(() => cancellableRequest(http.request)('no address')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_URL' }),
    );

    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed']);
  });
});

test.each([
  ['timeoutMs', { timeoutMs: Number.NaN }],
  ['name', { name: 1 }],
  ['budget.hosts', { budget: {} }],
])('an option that cannot be what it is is named: %s', (argument, options) => {
  expect(() => cancellableRequest(http.request, options as Options)).toThrow(expect.objectContaining({ argument }));
  expect(() => cancellableRequest('http' as never)).toThrow(expect.objectContaining({ argument: 'request' }));
});

/** Waits until as many scopes have settled: a request closes a little after its last byte. */
async function settled(recorded: ReturnType<typeof record>, count: number): Promise<void> {
  while (recorded.of('scopeSettled').length < count) await loopTurn();
}
