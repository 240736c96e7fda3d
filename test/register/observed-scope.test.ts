import { expect, test } from 'vitest';
import { cancelScope, registry } from '../../src/index.ts';
import { completeObserved, failObserved, nameFor, openObserved } from '../../src/register/observed-scope.ts';
import { collectGarbage } from '../support/collected.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

test('Z5: what is dropped without an end ends its scope, and is not kept by it', async () => {
  const recorded = record();
  let about: object | undefined = { request: 1 };
  openObserved('http:get', about);

  expect(registry.snapshot()).toHaveLength(1);
  about = undefined;
  await collectGarbage();
  await collectGarbage();

  expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
});

test('Z6: it hangs under no scope', async () => {
  const about = {};
  await cancelScope('outer', (outer) => {
    const scope = openObserved('http:get', about);
    expect(scope.parent).toBeUndefined();
    outer.cancel();
    expect(scope.isCancelled).toBe(false);
    completeObserved(scope);
  });
});

test('ends once, as what it came to', () => {
  const recorded = record();
  const scope = openObserved('outgoing:get', {});

  failObserved(scope, new Error('broken'));
  completeObserved(scope);

  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed']);
});

test.each([
  ['GET', 'http:get'],
  ['post', 'http:post'],
  ['PROPFIND', 'http:other'],
  ['x'.repeat(10_000), 'http:other'],
  [undefined, 'http:other'],
  [5, 'http:other'],
])('H3: method %o is called %s', (method, name) => {
  expect(nameFor('http', method)).toBe(name);
});
