/**
 * Every example runs, on the built package as a user would, and prints what its last comment says.
 */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts'));

/** What differs from run to run. */
function settled(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/process \d+/g, 'process <pid>')
    .replace(/\+\d+\.\d ms/g, '+<ms>')
    .trim();
}

describe('examples', () => {
  test('there are some, and the package they import is built', () => {
    expect(examples.length).toBeGreaterThan(5);
    expect(existsSync(join(root, 'dist/index.js')), 'run `npm run build` first').toBe(true);
  });

  test.each(examples)('%s prints what it says it prints', async (name) => {
    const file = join(root, 'examples', name);
    const said = /\/\* prints:\n([\s\S]*?)\*\/\n$/.exec(readFileSync(file, 'utf8'))?.[1];

    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });

    expect(settled(stdout)).toBe(settled(said ?? 'an example ends with what it prints'));
    expect(stderr).toBe('');
  });
});
