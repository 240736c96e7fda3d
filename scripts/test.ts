/**
 * Everything that must hold before a change is merged: `npm test`. Without the tests themselves: `npm run check`.
 *
 * X1. Whatever happens, the last line is the tally, alone, and the exit code says the same.
 */
import { ensurePackages } from './test/debian-packages.ts';
import { runSteps } from './test/run-steps.ts';
import { STEPS } from './test/steps.ts';
import { NOTHING, add, closingLine, succeeded } from './test/tally.ts';
import { runVitest } from './test/vitest.ts';

const withTests = !process.argv.includes('--no-tests');
const isCi = process.env['CI'] === 'true';

process.chdir(`${import.meta.dirname}/..`);
let tally = NOTHING;
try {
  if (withTests) await ensurePackages();
  tally = await runSteps(STEPS);
  if (withTests) tally = add(tally, tally.failed === 0 ? await runVitest() : { ...NOTHING, skipped: 1 });
} catch (error) {
  console.error(error);
  tally = add(tally, { ...NOTHING, failed: 1 });
}
if (isCi && tally.skipped > 0) console.log('Skipped steps and tests fail this run: CI is set.');
process.exitCode = succeeded(tally, isCi) ? 0 : 1;
console.log(closingLine(tally)); // X1
