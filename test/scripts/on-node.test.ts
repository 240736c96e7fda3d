import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { caught } from '../support/caught.ts';

const root = join(import.meta.dirname, '../..');
const run = (...words: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [join(root, 'scripts/on-node.cjs'), ...words], { cwd: root });

describe('on-node', () => {
  test('runs a program on the Node that is pinned, and so does what the program starts', async () => {
    const toolchain = JSON.parse(readFileSync(join(root, 'toolchain/package.json'), 'utf8'));
    const [pinned] = Object.values<string>(toolchain.optionalDependencies);
    const nested = "console.log(process.version, require('node:child_process').execSync('node --version').toString())";

    const { stdout } = await run('-e', nested);

    expect(stdout.split(/\s+/).filter(Boolean)).toEqual([`v${pinned}`, `v${pinned}`]);
  });

  test('runs an installed tool by its name, with its arguments', async () => {
    const { stdout } = await run('tsc', '--version');

    expect(stdout).toMatch(/^Version 7\./);
  });

  test('ends as the program ends', async () => {
    const error = await caught(run('-e', 'process.exit(7)'));

    expect(error).toMatchObject({ code: 7 });
  });
});
