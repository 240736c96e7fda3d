import { describe, expect, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('names', () => {
  test('is called token unless told', () => {
    expect(new CancellationToken().name).toBe('token');
  });

  test('may have an empty name', () => {
    expect(new CancellationToken({ name: '' }).name).toBe('');
  });

  test('keeps 256 characters of a name of ten million', () => {
    const token = new CancellationToken({ name: 'n'.repeat(10_000_000) });

    expect(token.name).toBe('n'.repeat(256));
  });

  test.each([[42], [null], [{}], [Symbol('name')]])('refuses %s for a name, and says which argument it was', (name) => {
    const make = (): unknown => new CancellationToken({ name: name as never });

    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'name' }));
  });

  test('gives every token an id of its own', () => {
    const ids = Array.from({ length: 100 }, () => new CancellationToken({ name: 'same' }).id);

    expect(new Set(ids).size).toBe(100);
  });
});
