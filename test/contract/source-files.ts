/** The repository's own source files, to be checked as text. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A file's path, from the root, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file in a folder of the repository; none if there is no such folder. */
export function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?ts$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Source without its comments, roughly: enough to look for words. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\/\/.*$/gm, '');
}

/** The numbered rules a module's header states: `T3. …`. */
export function rulesStatedIn(text: string): string[] {
  const header = /^\/\*\*[\s\S]*?\*\//.exec(text)?.[0] ?? '';
  return [...header.matchAll(/(?:^ \* |\. )([A-Z]\d+)\. /gm)].map(([, rule]) => String(rule));
}
