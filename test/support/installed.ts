/** Programs some tests need and not every machine has. In CI they must be there: a missing one fails its tests. */
import { spawnSync } from 'node:child_process';

export interface Requirement {
  /** Whether to leave its tests out. */
  readonly skip: boolean;
  /** Why, for the name of the test; empty when they run. */
  readonly note: string;
}

export function requirement(program: string): Requirement {
  const missing = spawnSync(program, ['--version']).error !== undefined;
  const skip = missing && !process.env['CI'];
  const note = skip ? ` (left out: ${program} is not installed, and this is not CI)` : '';
  return { skip, note };
}
