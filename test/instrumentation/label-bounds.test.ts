import { describe, expect, test } from 'vitest';
import { BoundedLabels, labelValue, methodLabel, reasonLabel } from '../../src/instrumentation/label-bounds.ts';

const ALLOWED = /^(?:_OTHER|[a-z0-9_.:/{}-]{1,64})$/;

describe('labelValue', () => {
  test.each([
    ['load-report', 'load-report'],
    ['GET /users/{id}', 'get_/users/{id}'],
    ['db.query:1', 'db.query:1'],
    ['naïve "quoted"\nname', 'na_ve__quoted__name'],
    ['x'.repeat(100), 'x'.repeat(64)],
    ['İ'.repeat(64), 'i_'.repeat(32)],
    ['', '_OTHER'],
    ['_OTHER', '_OTHER'],
  ])('makes %j into %j', (text, value) => {
    expect(labelValue(text)).toBe(value);
  });

  test('makes anything that is no text into _OTHER', () => {
    const values = [undefined, null, 7, {}, Symbol('name')].map((value) => labelValue(value));

    expect(new Set(values)).toEqual(new Set(['_OTHER']));
  });
});

describe('BoundedLabels', () => {
  test('gives 100,000 hostile names at most one value more than its bound', () => {
    const bounds = new BoundedLabels(50, (value) => value);

    const values = new Set<string>();
    for (let i = 0; i < 100_000; i++) values.add(bounds.of(`"}\n{x="${i}${String.fromCodePoint(0x4e00 + (i % 999))}`));

    expect(values.size).toBe(51);
    expect([...values].every((value) => ALLOWED.test(value))).toBe(true);
    expect([...bounds.all()]).toHaveLength(51);
  });

  test('remembers a bounded number of texts, so that hostile names take no memory', () => {
    const bounds = new BoundedLabels(50, (value) => value);
    const nameOf = (i: number): string => `${'n'.repeat(200)}${i}`;
    for (let i = 0; i < 2_000; i++) bounds.of(nameOf(i));
    globalThis.gc!();
    const before = process.memoryUsage().heapUsed;

    for (let i = 2_000; i < 102_000; i++) bounds.of(nameOf(i));
    globalThis.gc!();
    const grownBy = process.memoryUsage().heapUsed - before;

    expect(grownBy).toBeLessThan(4_000_000); // 100,000 names of 200 characters are more than 20,000,000
  });

  test('keeps the names that came first, and tells them apart from later ones', () => {
    const bounds = new BoundedLabels(2, (value) => value);

    const values = ['first', 'second', 'third', 'first', 'SECOND'].map((name) => bounds.of(name));

    expect(values).toEqual(['first', 'second', '_OTHER', 'first', 'second']);
  });

  test('does not let _OTHER use up room', () => {
    const bounds = new BoundedLabels(1, (value) => value);

    const values = ['', 'first', 'second'].map((name) => bounds.of(name));

    expect(values).toEqual(['_OTHER', 'first', '_OTHER']);
  });

  test('makes one thing for each value, however often and however spelled it is asked for', () => {
    let made = 0;
    const bounds = new BoundedLabels(50, (value) => ({ value, serial: made++ }));

    const first = bounds.of('load report');
    const again = bounds.of('Load Report');

    expect(again).toBe(first);
    expect(made).toBe(1);
  });

  test('has no room at all with a bound of 0', () => {
    const bounds = new BoundedLabels(0, (value) => value);

    expect(bounds.of('load-report')).toBe('_OTHER');
  });
});

describe('closed labels', () => {
  test.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'])(
    'keeps the method %s',
    (method) => {
      expect(methodLabel(method)).toBe(method);
    },
  );

  test.each(['get', 'BREW', '', 'constructor'])('makes the method %j into _OTHER', (method) => {
    expect(methodLabel(method)).toBe('_OTHER');
  });

  test('makes a reason of a later version into _OTHER', () => {
    expect([reasonLabel('timeout'), reasonLabel('weather')]).toEqual(['timeout', '_OTHER']);
  });
});
