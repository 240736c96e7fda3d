import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'young-program.ts');
/** Unoptimized code: what the compiler would not even allocate must die young as well. */
const FLAGS = ['--expose-gc', '--no-opt', '--no-maglev'];
/** A scope alone takes several times that. */
const ALMOST_NOTHING_BYTES = 100;

test('a scope that has ended is collected while it is young, whatever it was used for', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, PROGRAM]);
  console.log(stdout.trim());
  const bytes = JSON.parse(stdout) as Record<string, number>;

  expect(Object.keys(bytes)).toHaveLength(10);
  expect(Object.entries(bytes).filter(([, left]) => left > ALMOST_NOTHING_BYTES)).toEqual([]);
}, 60_000);
