import { describe, expect, test } from 'vitest';
import { SCOPE_OUTCOMES } from '../../src/index.ts';
import { type BodyEnd, outcomeOf, scopeState } from '../../src/token/scope-state.ts';

describe('S3: scopeState', () => {
  test.each([
    [false, false, 'open'],
    [true, false, 'cancelling'],
    [false, true, 'settled'],
    [true, true, 'settled'],
  ] as const)('cancelled %s, settled %s: %s', (cancelled, settled, state) => {
    expect(scopeState(cancelled, settled)).toBe(state);
  });
});

describe('S3: outcomeOf', () => {
  test.each([
    [false, 'returned', 'completed'],
    [true, 'returned', 'ignored'],
    [true, 'stopped', 'cancelled'],
    [false, 'threw', 'failed'],
    [true, 'threw', 'failed'],
    [true, 'overdue', 'abandoned'],
  ] as const)('cancelled %s, body %s: %s', (cancelled, end, outcome) => {
    expect(outcomeOf(cancelled, end)).toBe(outcome);
  });

  test('gives nothing that is not in the list of outcomes, and each of them once or more', () => {
    const ends: BodyEnd[] = ['returned', 'stopped', 'threw', 'overdue'];

    const given = new Set([false, true].flatMap((cancelled) => ends.map((end) => outcomeOf(cancelled, end))));

    expect([...given].sort()).toEqual([...SCOPE_OUTCOMES].sort());
  });
});
