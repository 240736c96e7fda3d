/** Runs steps in order until one fails. */
import { stripVTControlCharacters } from 'node:util';
import { runChild } from './child.ts';
import { reportStep } from './report.ts';
import type { Step } from './steps.ts';
import type { Tally } from './tally.ts';

/** The tally of the steps; those behind a failure count as skipped. What a failed step printed is shown. */
export async function runSteps(steps: readonly Step[]): Promise<Tally> {
  for (const [index, { name, command, mustPrint }] of steps.entries()) {
    const startedAt = performance.now();
    const { ok, output } = await runChild(command);
    const passed = ok && (mustPrint?.test(output) ?? true);
    reportStep(name, passed, startedAt);
    if (passed) continue;
    console.log(`\n$ ${command.join(' ')}\n${process.stdout.isTTY ? output : stripVTControlCharacters(output)}`);
    if (ok) console.log(`This was to match ${String(mustPrint)}.\n`);
    return { passed: index, failed: 1, skipped: steps.length - index - 1 };
  }
  return { passed: steps.length, failed: 0, skipped: 0 };
}
