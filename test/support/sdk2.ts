/**
 * OpenTelemetry SDK 2 with API 1.9, in a project of its own beside the tests: `test/sdk2`.
 *
 * S1. Installed once, and again when its lockfile is newer than what is installed.
 * S2. A program is bundled into it with OpenTelemetry left out, so it finds that API and no other.
 */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const PROJECT = fileURLToPath(new URL('../sdk2/', import.meta.url));
const SUPPORT = fileURLToPath(new URL('./', import.meta.url));

/** Installs the project, if it is not (S1). */
export async function installSdk2(): Promise<void> {
  if (modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await promisify(execFile)(npm, ['ci', '--no-workspaces', '--ignore-scripts'], { cwd: PROJECT });
}

/** Bundles a program of `test/support` into the project; its path (S2). */
export async function bundleForSdk2(program: string): Promise<string> {
  const outfile = `${PROJECT}.tmp/${program.replace(/\.ts$/, '.mjs')}`;
  await build({
    entryPoints: [`${SUPPORT}${program}`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    external: ['@opentelemetry/*'],
    logLevel: 'silent',
  });
  return outfile;
}

function modifiedAt(file: string): number {
  return statSync(`${PROJECT}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
