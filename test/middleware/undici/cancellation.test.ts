import { fetch as undiciFetch } from 'undici';
import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled } from '../../../src/token/index.ts';
import { cancellation } from '../../../src/middleware/undici/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';
import { agentWith, makers, type Options } from './dispatchers.ts';

guardLeaks();
guardUnhandled();

describe.each(makers)('a request by %s', (by, make) => {
  test('that ends as it should is a scope to the last byte of its answer', async () => {
    const recorded = record();
    let finish = (): void => {};
    const server = await serveCalls((_, response) => {
      response.write('one ');
      finish = () => void response.end('two');
    });

    const { read } = await make(agentWith(), server.url);
    const atHeaders = recorded.sequence('undici');
    finish();
    const text = await read();

    expect([text, atHeaders, recorded.sequence('undici')]).toEqual([
      'one two',
      ['scopeOpened'],
      ['scopeOpened', 'scopeSettled'],
    ]);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed']);
  });

  test('under a cancelled scope is not made', async () => {
    const server = await serveCalls((_, response) => void response.end());

    const error = await caught(
      cancelScope('report', (scope) => {
        scope.cancel('shutdown');
        return make(agentWith(), server.url);
      }),
    );

    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect(server.connections()).toBe(0);
  });

  test('whose reader has enough of the body is a cancel of the caller (C21)', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.write('x'.repeat(1_000_000)));
    const dispatcher = agentWith();
    const { origin } = new URL(server.url);

    if (by === 'fetch') await (await undiciFetch(server.url, { dispatcher })).body?.cancel();
    else (await dispatcher.request({ origin, path: '/', method: 'GET' })).body.on('error', () => {}).destroy();
    while (recorded.of('scopeSettled').length === 0) await loopTurn();

    const [settled] = recorded.of('scopeSettled');
    expect([settled?.outcome, settled?.cause?.reason, settled?.cause?.via]).toEqual(['cancelled', 'abort', ['caller']]);
  });

  test('that fails on the network fails as it would, and its scope has failed', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.destroy());

    const error = (await caught(make(agentWith(), server.url))) as Error & { cause?: { code?: string } };

    expect(by === 'fetch' ? error.cause : error).toMatchObject({ code: 'UND_ERR_SOCKET' });
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed']);
  });
});

test.each([
  ['timeoutMs', { timeoutMs: Number.NaN }],
  ['name', { name: 1 }],
  ['budget.hosts', { budget: {} }],
])('an option that cannot be what it is is named: %s', (argument, options) => {
  expect(() => cancellation(options as Options)).toThrow(expect.objectContaining({ argument }));
});

test('what the dispatcher refuses, it refuses', async () => {
  const recorded = record();
  const dispatcher = agentWith();

  const error = await caught(dispatcher.request({ origin: 'http://127.0.0.1', path: 'no path', method: 'GET' }));

  expect(error).toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed']);
});
