/**
 * Writing files into a folder somebody may keep other things in.
 *
 * WF1. A file that says something else is replaced only by force; one that says the same is left as it is.
 * WF2. All or nothing: what is in the way of one file keeps every one from being written.
 * WF3. Nothing outside the folder changes: a symbolic link is not written through, forced or not.
 * WF4. A file is there whole or not at all: Grafana and Prometheus may read while it is written.
 */
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileError } from './file-error.ts';
import type { Files } from './package-files.ts';

/** A file that is now as it should be. */
export interface WrittenFile {
  readonly path: string;
  /** Whether it was so before. */
  readonly unchanged: boolean;
}

/**
 * Writes files into a folder, which is made if there is none. Gives each as soon as it is there.
 *
 * @param force - Replace files that say something else (WF1).
 * @throws {FileError} one is in the way, and nothing was written (WF2); or one cannot be written.
 */
export function* writeFiles(folder: string, files: Files, force: boolean): Generator<WrittenFile> {
  const planned = [...files].map(([name, text]) => ({ path: join(folder, fileName(name)), text }));
  const states = planned.map(({ path, text }) => stateOf(path, text, force));
  const obstacles = states.filter((state) => state !== 'missing' && state !== 'replace' && state !== 'unchanged');
  if (obstacles.length > 0) throw new FileError(['nothing was written:', ...obstacles].join('\n  ')); // WF2

  attempt(folder, () => mkdirSync(folder, { recursive: true }));
  for (const [index, { path, text }] of planned.entries()) {
    const unchanged = states[index] === 'unchanged';
    if (!unchanged) attempt(path, () => writeWhole(path, text));
    yield { path, unchanged };
  }
}

/** A name with a folder in it would lead elsewhere (WF3). */
function fileName(name: string): string {
  if (name !== basename(name) || name === '' || name === '..') throw new FileError(`"${name}" is no name of a file`);
  return name;
}

/** What is there already; in a sentence, if it is in the way. */
function stateOf(path: string, text: string, force: boolean): string {
  const found = attempt(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return 'missing';
  if (found.isSymbolicLink()) return `${path} is a symbolic link: remove it, or choose another --out`; // WF3
  if (!found.isFile()) return `${path} is ${found.isDirectory() ? 'a folder' : 'no file'}: choose another --out`;
  if (attempt(path, () => readFileSync(path, 'utf8')) === text) return 'unchanged';
  return force ? 'replace' : `${path} says something else: --force replaces it, another --out keeps it`; // WF1
}

/** In a folder of its own first, so that the last step is one (WF4). */
function writeWhole(path: string, text: string): void {
  const workshop = mkdtempSync(join(dirname(path), '.cancelscope-'));
  try {
    const unfinished = join(workshop, 'unfinished'); // no name Grafana or Prometheus would look for
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

const TROUBLE: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EEXIST: 'a file is in the way of a folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file is in the way of a folder',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
};

/** Says which file, in words. */
function attempt<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new FileError(`${path} cannot be written: ${TROUBLE[code] ?? message}`, { cause: error });
  }
}
