import { expect, test } from 'vitest';
import { optionsOf, routeNameOf, unroutedName } from '../../../src/middleware/http/index.ts';

test('H3: what a client makes up adds no names: a method of its own is one', () => {
  const names = ['GET', 'FOO', 'BAR', 'get'].map((method) => [routeNameOf(method, '/x/:id'), unroutedName(method)]);

  expect(names).toEqual([
    ['get:/x/{id}', 'get:_unrouted'],
    ['_other:/x/{id}', '_other:_unrouted'],
    ['_other:/x/{id}', '_other:_unrouted'],
    ['_other:/x/{id}', '_other:_unrouted'],
  ]);
});

test('what is different for a route overrides the rest, and nothing else', () => {
  const options = {
    timeoutMs: 1,
    graceMs: 2,
    forRoute: (name: string) => (name === 'a' ? { timeoutMs: 3 } : undefined),
  };

  expect(optionsOf(options, 'a')).toMatchObject({ timeoutMs: 3, graceMs: 2 });
  expect(optionsOf(options, 'b')).toBe(options);
});
