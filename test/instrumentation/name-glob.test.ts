import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { matcher } from '../../src/instrumentation/name-glob.ts';

describe('Y1: matcher', () => {
  test.each([
    ['job', 'job', true],
    ['job', 'jobs', false],
    ['job', 'Job', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['', '', true],
    ['', 'job', false],
    ['job*', 'job', true],
    ['job*', 'job:import', true],
    ['job*', 'a job', false],
    ['*job', 'a job', true],
    ['*job', 'jobs', false],
    ['get:*/orders', 'get:/v1/orders', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['*b*', 'abc', true],
    ['*b*', 'ac', false],
    ['a*b*c', 'axbxc', true],
    ['a*b*c', 'acb', false],
    ['a*b*c', 'abbc', true],
    ['**', 'x', true],
    ['a**b', 'ab', true],
    ['*ab*ab*', 'ab', false],
    ['*ab*ab*', 'abab', true],
    ['a*bc*c', 'abc', false],
    ['get:/x.y', 'get:/xzy', false],
    ['[a-z]+', 'abc', false],
    ['a?c', 'abc', false],
    ['$^', '$^', true],
  ])('%j on %j: %s', (pattern, name, expected) => {
    expect(matcher(pattern)(name)).toBe(expected);
  });

  test('agrees with a plain search for every short pattern and name', () => {
    const texts = (letters: string, longest: number): string[] => {
      let all = [''];
      for (let length = 0; length < longest; length++) {
        all = [...new Set([...all, ...all.flatMap((text) => letters.split('').map((letter) => text + letter))])];
      }
      return all;
    };
    const matches = (pattern: string, name: string): boolean => {
      if (pattern === '') return name === '';
      if (pattern[0] === '*')
        return matches(pattern.slice(1), name) || (name !== '' && matches(pattern, name.slice(1)));
      return pattern[0] === name[0] && matches(pattern.slice(1), name.slice(1));
    };

    const wrong = texts('ab*', 5).flatMap((pattern) =>
      texts('ab', 4)
        .filter((name) => matcher(pattern)(name) !== matches(pattern, name))
        .map((name) => `${pattern} on ${name}`),
    );

    expect(wrong).toEqual([]);
  });

  test('takes no exponential time over a hostile pattern', () => {
    const startedAt = performance.now();

    const matched = matcher(`${'*a'.repeat(2_000)}b`)('a'.repeat(10_000));

    expect(matched).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
