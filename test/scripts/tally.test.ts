import { describe, expect, test } from 'vitest';
import { NOTHING, add, closingLine, succeeded } from '../../scripts/test/tally.ts';
import { tallyOf } from '../../scripts/test/vitest.ts';

describe('a run', () => {
  test('succeeds when something passed and nothing failed', () => {
    expect(succeeded({ passed: 1, failed: 0, skipped: 1 }, false)).toBe(true);
  });

  test('fails when anything failed', () => {
    expect(succeeded({ passed: 5, failed: 1, skipped: 0 }, false)).toBe(false);
  });

  test('fails when nothing passed (Y1)', () => {
    expect(succeeded(NOTHING, false)).toBe(false);
  });

  test('fails under continuous integration when anything was skipped (Y2)', () => {
    expect(succeeded({ passed: 5, failed: 0, skipped: 1 }, true)).toBe(false);
  });

  test('ends with its tally', () => {
    const tally = add({ passed: 7, failed: 0, skipped: 0 }, { passed: 3, failed: 2, skipped: 1 });

    expect(closingLine(tally)).toBe('10 passed, 2 failed, 1 skipped');
  });
});

describe('the report of the tests', () => {
  const counts = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1 };

  test('is counted, with todo as skipped', () => {
    const tally = tallyOf({ ...counts, testResults: [] });

    expect(tally).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  test('counts a file that did not load as one failure (V1)', () => {
    const tally = tallyOf({ ...counts, testResults: [{ status: 'failed', assertionResults: [] }] });

    expect(tally.failed).toBe(2);
  });

  test('counts nothing when there is none (V1)', () => {
    expect(tallyOf(undefined)).toEqual(NOTHING);
  });
});
