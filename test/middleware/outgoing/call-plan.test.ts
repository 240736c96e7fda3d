import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CallPlan, type OutgoingOptions } from '../../../src/middleware/outgoing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';

guardLeaks();

/** What a call is called. */
function named(options: OutgoingOptions, host = 'a.b.internal:8443'): string {
  const scope = new CallPlan('fetch', options).open({ method: 'GET', host, path: '/orders/42' }, undefined);
  scope.close();
  return scope.name;
}

describe('the name of a call', () => {
  test.each([
    ['nothing is listed', [], 'fetch'],
    ['its host is not', ['c.internal'], 'fetch'],
    ['its host is', ['c.internal', 'a.b.internal'], 'fetch:a.b.internal'],
    ['its host is with the port', ['a.b.internal:8443'], 'fetch:a.b.internal:8443'],
    ['a pattern lists it', ['*.internal'], 'fetch:*.internal'],
  ])('is of a closed list: %s (C10)', (_, hosts, expected) => {
    expect(named({ budget: { hosts } })).toBe(expected);
  });

  test('is what the program makes it', () => {
    expect(named({ name: ({ method, host, path }) => `${method} ${host}${path.replace(/\d+/, '{id}')}` })).toBe(
      'GET a.b.internal:8443/orders/{id}',
    );
  });

  test.each([
    [
      'throws',
      (): string => {
        throw new Error('no name');
      },
    ],
    [
      'throws what cannot be printed',
      (): string => {
        throw { toString: null };
      },
    ],
    ['gives none', () => ''],
    ['gives a number', () => 1 as unknown as string],
  ])('is the kind of call where that %s, and it is said once', async (_, name) => {
    const plan = new CallPlan('fetch', { name });
    const warned = once(process, 'warning') as Promise<[Error & { code: string }]>;
    let warnings = 0;
    const count = (): void => void warnings++;
    process.on('warning', count);

    const scopes = [1, 2].map(() => plan.open({ method: 'GET', host: '', path: '' }, undefined));
    for (const scope of scopes) scope.close();
    const [warning] = await warned;
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', count);

    expect(scopes.map((scope) => scope.name)).toEqual(['fetch', 'fetch']);
    expect([warning.code, warnings]).toEqual(['CANCELSCOPE_CALL_NAME', 1]);
  });
});
