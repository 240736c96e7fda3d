/** The steps before the tests: each a program, and what its output must say. */
import { existsSync } from 'node:fs';

/** One step. */
export interface Step {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** What the output must match; default: the exit code decides alone. */
  readonly mustPrint?: RegExp;
}

const LINTED = ['src', 'test', 'dashboards', 'scripts', 'benchmarks', 'examples', 'demo'].filter((folder) =>
  existsSync(folder),
);

/** In the order they run: the quickest to fail first. */
export const STEPS: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings', ...LINTED] },
  { name: 'compiler', command: ['tsc', '--version'], mustPrint: /^Version 7\./ }, // an alias away from being 6
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'build', command: ['tsup'] },
  { name: 'publint', command: ['publint', '--strict'] },
  { name: 'attw', command: ['attw', '--pack', '.', '--profile', 'node16'] },
];
