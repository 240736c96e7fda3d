/** The built package: as ES module and CommonJS, on either side. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../../support/run-program.ts';

const programs = join(import.meta.dirname, 'programs');

test('the package is built', () => {
  const built = existsSync(join(import.meta.dirname, '../../../../dist/thread.js'));

  expect(built, 'run `npm run build` first').toBe(true);
});

test.each([
  ['caller.cjs', 'task.cjs'],
  ['caller.cjs', 'task.mjs'],
  ['caller.mjs', 'task.cjs'],
  ['caller.mjs', 'task.mjs'],
])('%s runs %s in a worker, in a scope that is its own whatever copy asks (O1)', async (caller, task) => {
  const printed = await runProgram(join(programs, caller), [task]);

  expect(JSON.parse(printed)).toEqual({
    data: 'data',
    isCurrent: true,
    name: 'caller',
    inTime: true,
    stopped: true,
    ambient: null,
  });
});
