import { expect, test } from 'vitest';
import { routeName } from '../../../src/middleware/http/index.ts';

test.each([
  ['GET', '/orders/:id', 'get:/orders/{id}'],
  ['POST', '/', 'post:/'],
  ['GET', '', 'get:/'],
  ['GET', '/a//b', 'get:/a/b'],
  ['GET', '/files/*path', 'get:/files/{path}'],
  ['GET', String.raw`/orders/:id(\d+)/items/:item?`, 'get:/orders/{id}/items/{item}'],
  ['GET', '/orders/:id{[0-9]+}', 'get:/orders/{id}'],
  ['GET', '/users{/:id}', 'get:/users/{id}'],
  ['GET', '/orders/{id}', 'get:/orders/{id}'],
  ['DELETE', '/range/:from-:to', 'delete:/range/{from}-{to}'],
])('H3: %s %s is called %s', (method, template, name) => {
  expect(routeName(method, template)).toBe(name);
});
