import { describe, expect, test } from 'vitest';
import { CANCELLATION_REASONS, CancellationToken, type CancellationCause, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

/** What comes of one cancel with these arguments, which types would not let through. */
function cancelWith(...given: readonly unknown[]): { won: boolean; cause: CancellationCause | undefined } {
  const token = new CancellationToken();
  const won = token.cancel(...(given as Parameters<CancellationToken['cancel']>));
  return { won, cause: token.cause };
}

const thrower = (): never => {
  throw new Error('hostile');
};
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['a number', 42],
  ['NaN', Number.NaN],
  ['a bigint', 10n],
  ['a symbol', Symbol('why')],
  ['a boolean', false],
  ['an empty string', ''],
  ['a function', thrower],
  ['a cyclic object', cyclic],
  ['an object without a prototype', Object.create(null)],
  ['toString that throws', { toString: thrower }],
  ['toString that gives no string', { toString: () => ({}) }],
  ['toPrimitive that throws', { [Symbol.toPrimitive]: thrower }],
  ['getters that throw', Object.defineProperty({}, 'toString', { get: thrower })],
  ['a proxy that refuses everything', new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower })],
  ['an error', new Error('an error')],
  ['ten million characters', 'x'.repeat(10_000_000)],
  ['text that ends in half a character', '\u{1F600}'.repeat(2048).slice(1)],
];

describe('R0: the set of reasons is closed', () => {
  test('has manual as its default', () => {
    expect(cancelWith().cause?.reason).toBe('manual');
  });

  test.each(CANCELLATION_REASONS.map((reason) => [reason]))('keeps %s', (reason) => {
    expect(cancelWith(reason).cause).toMatchObject({ reason, message: undefined });
  });

  test('keeps text that is no reason as the message of manual', () => {
    expect(cancelWith('time-out').cause).toMatchObject({ reason: 'manual', message: 'time-out' });
  });

  test('prefers the message that was given to the text that is no reason', () => {
    expect(cancelWith('time-out', 'took too long').cause).toMatchObject({ reason: 'manual', message: 'took too long' });
  });

  test.each(['constructor', 'toString', '__proto__', 'Manual', ' manual'])('knows no reason called %s', (reason) => {
    expect(cancelWith(reason).cause?.reason).toBe('manual');
  });

  test('has no unknown reason in what monitors are told of a refused cancel', () => {
    const recorded = record();
    const token = new CancellationToken();
    token.cancel('timeout');

    token.cancel('time-out' as never);

    expect(recorded.of('cancelRequested').at(-1)).toMatchObject({ reason: 'manual', result: 'redundant' });
  });
});

describe('cancel with anything at all', () => {
  test.each(HOSTILE)('as the reason cancels: %s', (_what, reason) => {
    const { won, cause } = cancelWith(reason);

    expect([won, cause?.reason]).toEqual([true, 'manual']);
    expect((cause?.message ?? '').length).toBeLessThanOrEqual(4096);
  });

  test.each(HOSTILE)('as the message cancels, and keeps the reason: %s', (_what, message) => {
    const { won, cause } = cancelWith('timeout', message);

    expect([won, cause?.reason]).toEqual([true, 'timeout']);
    expect(typeof cause?.message).toBe('string');
    expect((cause?.message ?? '').length).toBeLessThanOrEqual(4096);
  });

  test.each(HOSTILE)('a second time is refused without a throw: %s', (_what, value) => {
    const token = new CancellationToken();
    token.cancel('timeout');

    const won = token.cancel(value as never, value as never);

    expect([won, token.cause?.reason]).toEqual([false, 'timeout']);
  });

  test.each(HOSTILE)('cancels a scope as well: %s', (_what, value) => {
    const scope = openScope('work');

    const won = scope.cancel(value as never, value as never);

    expect([won, scope.isCancelled]).toEqual([true, true]);
    scope.close();
  });

  test('keeps 4096 characters of a message of ten million', () => {
    expect(cancelWith('timeout', 'm'.repeat(10_000_000)).cause?.message).toBe('m'.repeat(4096));
  });

  test('says so when a message cannot be printed', () => {
    expect(cancelWith('timeout', { toString: thrower }).cause?.message).toBe('(a value that cannot be printed)');
  });
});
