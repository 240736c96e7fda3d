import { expect, test } from 'vitest';
import { cancellableFetch, type FetchOptions } from '../../../src/middleware/fetch/index.ts';
import { caught } from '../../support/caught.ts';

test.each([
  ['fetch', { fetch: 'fetch' }],
  ['name', { name: 'fetch' }],
  ['timeoutMs', { timeoutMs: Number.NaN }],
  ['budget.hosts', { budget: { hosts: '*' } }],
  ['budget.header', { budget: { hosts: [], header: 'no header' } }],
  ['options', null],
])('an option that cannot be what it is is named: %s', (argument, options) => {
  expect(() => cancellableFetch(options as unknown as FetchOptions)).toThrow(
    expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument }),
  );
});

test.each([
  ['an address that is none', 'no address', {}],
  ['a signal that is none', 'http://127.0.0.1/', { signal: {} as AbortSignal }],
  ['headers that are none', 'http://127.0.0.1/', { headers: { 'no header': 'a' } }],
])('what fetch refuses is refused by fetch: %s', async (_, url, init) => {
  const plain = (await caught(fetch(url, init))) as Error;
  const ours = (await caught(
    cancellableFetch({ timeoutMs: 60_000, budget: { hosts: ['127.0.0.1'] } })(url, init),
  )) as Error;

  expect([ours.name, ours.message]).toEqual([plain.name, plain.message]);
});
