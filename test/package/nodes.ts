/** The Nodes the package is tried on: real binaries from npm, in a project of their own so that their bins cannot collide. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './run.ts';

const FOLDER = join(import.meta.dirname, 'nodes');
const LOCK = join(FOLDER, '.installing');
const STALE_MS = 10 * 60_000;

/** A Node to try. */
export interface TriedNode {
  readonly version: string;
  readonly binary: string;
}

/** Whether there are binaries for this machine. */
export const hasBinaries = process.platform === 'linux' && process.arch === 'x64';

/** Every Node to try; the one that runs this where there are no binaries. */
export const triedNodes: readonly TriedNode[] = hasBinaries
  ? wanted().map(({ alias, version }) => ({ version, binary: join(FOLDER, 'node_modules', alias, 'bin/node') }))
  : [{ version: process.versions.node, binary: process.execPath }];

/** Installs what is missing or of another version. Test files run at the same time: one installs, the others wait. */
export async function installNodes(): Promise<void> {
  while (!isInstalled()) {
    try {
      mkdirSync(LOCK);
    } catch {
      const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
      if (Date.now() - since > STALE_MS) rmdirSync(LOCK); // whoever took it was killed
      await delay(250);
      continue;
    }
    try {
      if (!isInstalled()) await run('npm', ['ci', '--no-bin-links', '--ignore-scripts'], FOLDER);
    } finally {
      rmdirSync(LOCK);
    }
  }
}

function isInstalled(): boolean {
  return !hasBinaries || wanted().every(({ alias, version }) => installedVersion(alias) === version);
}

function wanted(): { alias: string; version: string }[] {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(FOLDER, 'package.json'), 'utf8'),
  );
  return Object.entries(dependencies).map(([alias, spec]) => ({
    alias,
    version: spec.slice(spec.lastIndexOf('@') + 1),
  }));
}

function installedVersion(alias: string): string | undefined {
  const file = join(FOLDER, 'node_modules', alias, 'package.json');
  if (!existsSync(file)) return undefined;
  const { version }: { version: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version.replace(/^v/, ''); // some were published with it
}
