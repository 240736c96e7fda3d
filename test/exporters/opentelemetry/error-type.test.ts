import { describe, expect, test } from 'vitest';
import { errorMessageOf, errorTypeOf } from '../../../src/exporters/opentelemetry/error-type.ts';

describe('the type of an error', () => {
  test.each([20, 23, 'ECONNRESET'])('is never its code, here %s (E1)', (code) => {
    expect(errorTypeOf({ code })).toBe('_OTHER');
  });

  test('is one of at most 200, and _OTHER for every later one (E2)', () => {
    const types = Array.from({ length: 500 }, (_, serial) =>
      errorTypeOf(Object.assign(new Error('x'), { name: `Error${serial}` })),
    );

    expect(new Set(types).size).toBe(201);
    expect([types[0], types[499]]).toEqual(['Error0', '_OTHER']);
    expect(errorTypeOf(Object.assign(new Error('x'), { name: 'Error0' }))).toBe('Error0');
  });
});

test('the message of an error whose getter throws is none (E3)', () => {
  const error = {
    get message(): string {
      throw new Error('hostile');
    },
  };

  expect(errorMessageOf(error)).toBeUndefined();
});
