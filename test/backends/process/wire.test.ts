import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEnvelope, opened, sealed } from '../../../src/backends/process/wire.ts';
import { fastCheckSeed } from './seed.ts';

fastCheckSeed('messages between processes');

describe('Z1: a message', () => {
  test('comes out as it went in, numbers without a word in JSON included', () => {
    const message = { kind: 'answer', value: [{ remainingMs: Infinity, ageMs: NaN, low: -Infinity, name: 'x' }, null] };

    expect(opened(sealed(message))).toEqual(message);
  });

  test('holds what JSON cannot: big numbers as text', () => {
    expect(opened(sealed({ kind: 'answer', value: 12n }))).toEqual({ kind: 'answer', value: '12' });
  });

  test('is told from a program’s own', () => {
    expect(isEnvelope(JSON.parse(JSON.stringify(sealed({ kind: 'hello' }))))).toBe(true);
    for (const other of [undefined, null, 'link', 7, {}, [], { cancelscope: 'process-token' }]) {
      expect(isEnvelope(other)).toBe(false);
    }
  });
});

describe('Z2: whatever went in', () => {
  test('comes out as plain data or nothing, and throws nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), fc.json()), (text) => {
        const message = opened({ cancelscope: 'link', text } as never);

        expect(['undefined', 'object', 'string', 'number', 'boolean']).toContain(typeof message);
      }),
    );
  });

  test.each([['{'], ['['.repeat(1_000_000)], [undefined], [Symbol('x')]])('%s is nothing', (text) => {
    expect(opened({ cancelscope: 'link', text } as never)).toBeUndefined();
  });
});
