import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '../..');
const REPORT = join(HERE, '.tmp/report.json');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const run = promisify(execFile);

interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
}

beforeAll(async () => {
  if (modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')) return;
  await run('npm', ['ci', '--no-workspaces', '--ignore-scripts'], { cwd: HERE });
}, 300_000);

test('NestJS 11 passes the whole suite that NestJS 12 passes', async () => {
  const { version } = createRequire(import.meta.url)('@nestjs/core/package.json') as { version: string };
  rmSync(REPORT, { force: true });

  const args = ['run', '--config', join(HERE, 'vitest.config.ts'), '--reporter=json', `--outputFile=${REPORT}`];
  await run(process.execPath, [VITEST, ...args], { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => console.log(stdout, stderr),
  );
  const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(REPORT, 'utf8')) as Report;

  expect(version).toMatch(/^11\./);
  expect(numPassedTests).toBe(numTotalTests);
  expect(numTotalTests).toBeGreaterThan(90);
}, 300_000);

function modifiedAt(file: string): number {
  return statSync(join(HERE, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
