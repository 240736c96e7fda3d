/**
 * The validation programs of the ancestor: each says the same on both backends, and what its last comment says.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'examples/validation');
const programs = readdirSync(folder).filter((name) => name !== 'backend.ts');
const inTime = { timeout: 60_000 };

/** Notes on stderr each worker that is started. */
const WORKERS_NOTED = 'data:text/javascript,process.on("worker", () => console.error("a worker"))';

function run(name: string, ...backend: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--import', WORKERS_NOTED, join(folder, name), ...backend], {
    timeout: 30_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

/** What the last comment says that `program` prints; the last line only when it runs on both backends. */
function said(name: string): { lines: string; verdict: string } {
  const text = readFileSync(join(folder, name), 'utf8');
  const [, lines = '', verdict = ''] = /\/\* prints:\n([\s\S]*\n)(.*\n)\*\/\n$/.exec(text) ?? [];
  return { lines, verdict };
}

describe('validation programs', () => {
  test('there are the five of the ancestor, and the package they import is built', () => {
    expect(programs).toEqual([
      'cancel-from-async-task.ts',
      'cancel-from-thread.ts',
      'direct-task-cancel.ts',
      'parent-and-child.ts',
      'timeout.ts',
    ]);
    expect(existsSync(join(root, 'dist/thread.js')), 'run `npm run build` first').toBe(true);
  });

  test.each(programs)('%s prints on `local`, without a worker, what it says it prints', inTime, async (name) => {
    const { lines } = said(name);

    const { stdout, stderr } = await run(name, 'local');

    expect(stdout).toBe(lines);
    expect(stderr).toBe('');
  });

  test.each(programs)('%s prints the same on `thread`, with workers', inTime, async (name) => {
    const { lines } = said(name);

    const { stdout, stderr } = await run(name, 'thread');

    expect(stdout).toBe(lines);
    expect(stderr).toMatch(/^(a worker\n)+$/);
  });

  test.each(programs)('%s compares the two when no backend is named', inTime, async (name) => {
    const { lines, verdict } = said(name);

    const { stdout } = await run(name);

    expect(stdout).toBe(lines + verdict);
    expect(verdict).toBe('(the same on local and on thread)\n');
  });
});
