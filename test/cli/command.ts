/** The command as a user runs it: in a process of its own, in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'src/cli/main.ts');

/** What a run said, and its exit code. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `cancelscope` with these arguments, in `folder`. */
export function cancelscope(args: readonly string[], folder: string, program = PROGRAM): CommandRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

/** An empty folder, gone when its block ends. */
export function emptyFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'cancelscope-cli-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Texts of the files in a folder, by path below it. */
export function textsIn(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** What the repository ships in a folder of `dashboards`. */
export function shipped(folder: string, ending: string): Record<string, string> {
  const path = join(ROOT, 'dashboards', folder);
  const names = readdirSync(path).filter((name) => name.endsWith(ending));
  return Object.fromEntries(names.toSorted().map((name) => [name, readFileSync(join(path, name), 'utf8')]));
}
