import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withBudget } from '../../../src/middleware/outgoing/index.ts';

const HEADER = ['x-left', '500'] as const;

describe('a budget among headers', () => {
  test.each([
    ['none', undefined, { 'x-left': '500' }],
    ['null', null, { 'x-left': '500' }],
    ['an object', { a: 'b' }, { a: 'b', 'x-left': '500' }],
    ['an object with a larger one', { a: 'b', 'X-Left': 900 }, { a: 'b', 'x-left': '500' }],
    ['an object with what is no budget', { 'X-Left': 'soon' }, { 'x-left': '500' }],
    ['an object with two', { 'X-Left': '20', 'x-left': 'soon' }, { 'x-left': '20' }],
    ['names and values', ['a', 'b'], ['a', 'b', 'x-left', '500']],
    ['names and values with a larger one', ['X-Left', '900', 'a', 'b'], ['a', 'b', 'x-left', '500']],
    [
      'pairs',
      [['a', 'b']],
      [
        ['a', 'b'],
        ['x-left', '500'],
      ],
    ],
    [
      'pairs with a larger one',
      [
        ['X-LEFT', '501'],
        ['a', 'b'],
      ],
      [
        ['a', 'b'],
        ['x-left', '500'],
      ],
    ],
    ['a Map', new Map([['a', 'b']]), ['a', 'b', 'x-left', '500']],
    ['Headers', new Headers({ 'x-left': '900' }), ['x-left', '500']],
    ['what is no headers', 'text', 'text'],
  ])('that are %s', (_, headers, expected) => {
    expect(withBudget(headers, HEADER)).toEqual(expected);
  });

  test.each([{ 'X-Left': '500' }, { 'x-left': '0' }, ['X-Left', '20'], [['x-left', '20']]])(
    'leaves a smaller one of the caller alone: %j (C11)',
    (headers) => {
      expect(withBudget(headers, HEADER)).toEqual(headers);
    },
  );

  test('never makes one larger, whatever the caller sends, nor touches what was passed (C11, H5)', () => {
    const value = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('0500', '-1', '1e3', ' 1', '500.5'));
    const name = fc.constantFrom('x-left', 'X-Left', 'X-LEFT', 'a', 'b');

    fc.assert(
      fc.property(fc.dictionary(name, value), fc.nat(100_000), (given, left) => {
        const headers = Object.freeze({ ...given });
        const sent = Object.entries(withBudget(headers, ['x-left', String(left)]) as object).filter(
          ([name]) => name.toLowerCase() === 'x-left',
        );

        expect(sent).toHaveLength(1);
        expect(Number(sent[0]?.[1])).toBeLessThanOrEqual(left);
      }),
    );
  });
});
