/**
 * Files of this package: dashboards and runbooks, as they are shipped.
 *
 * PF1. They are found from wherever this code runs, be it source or a bundle: in the folder that has the package's manifest.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError } from './file-error.ts';

/** Texts by file name. */
export type Files = ReadonlyMap<string, string>;

/** The version of this package. */
export function packageVersion(): string {
  return manifestIn(packageFolder())?.version ?? '';
}

/** The dashboards. */
export function shippedDashboards(): Files {
  return filesIn('dashboards', /^cancelscope-[\w-]+\.json$/);
}

/** The runbooks. */
export function shippedRunbooks(): Files {
  return filesIn(join('dashboards', 'runbooks'), /^\w+\.md$/);
}

function filesIn(folder: string, pattern: RegExp): Files {
  const path = join(packageFolder(), folder);
  const names = existsSync(path) ? readdirSync(path).filter((name) => pattern.test(name)) : [];
  if (names.length === 0) throw new FileError(`${path} holds nothing to write: install cancelscope again`);
  return new Map(names.toSorted().map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}

/** The nearest folder above this code that is this package (PF1). */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (manifestIn(folder)?.name !== 'cancelscope' && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function manifestIn(folder: string): { name?: string; version?: string } | undefined {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string }) : undefined;
}
