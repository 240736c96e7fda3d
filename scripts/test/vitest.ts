/**
 * Runs the tests and counts them from the JSON report.
 *
 * V1. What the report cannot count still fails the run: a file that does not load, a type error outside of a test, an
 * unhandled rejection, a crash before the report is written.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { runChild } from './child.ts';
import { reportStep } from './report.ts';
import { NOTHING, type Tally } from './tally.ts';

const REPORT = '.tmp/vitest.json';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** The tally of all tests. They print straight to the terminal. */
export async function runVitest(): Promise<Tally> {
  const startedAt = performance.now();
  mkdirSync(dirname(REPORT), { recursive: true });
  rmSync(REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const { ok } = await runChild(['vitest', 'run', ...reporters], true);
  const tally = tallyOf(readReport());
  const failed = ok ? tally.failed : Math.max(tally.failed, 1); // V1
  reportStep('vitest', failed === 0, startedAt);
  return { ...tally, failed };
}

/** The counts of a report (V1); nothing without one. */
export function tallyOf(report: Report | undefined): Tally {
  if (report === undefined) return NOTHING;
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readReport(): Report | undefined {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch {
    return undefined; // V1: counted by the exit code
  }
}
