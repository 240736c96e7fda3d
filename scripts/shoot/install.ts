/** The packages of the page: installed from the lockfile beside this, where they are not yet. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../test/package/run.ts';

const FOLDER = import.meta.dirname;

/** Installs what the lockfile names, unless that is there. */
export async function install(): Promise<void> {
  if (modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')) return;
  console.log('installing the packages of the page (some 450 MB)');
  await run('npm', ['ci', '--no-workspaces', '--ignore-scripts'], FOLDER);
}

function modifiedAt(file: string): number {
  return statSync(join(FOLDER, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
