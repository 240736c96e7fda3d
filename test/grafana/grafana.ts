/**
 * Grafana's own code between the answers to queries and a panel, in the versions the dashboards are for.
 *
 * It comes from `package.json` beside this, installed on demand. Some of it is there once for all versions, for size:
 * `date-fns` and `ol`, which no bundle holds, and React, which no transformation calls (13 asks for a later one).
 * Each version runs in a process of its own, because versions share globals.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { Panel } from '../../dashboards/check/dashboard-json.ts';
import { run } from '../package/run.ts';
import type { Frame } from './framing.ts';
import { EXPORTED } from './grafana-data.ts';

const FOLDER = import.meta.dirname;

/** A field as a reader sees it. */
export interface ShownField {
  readonly name: string;
  readonly title: string;
  readonly type: string;
  readonly values: readonly unknown[];
  readonly texts: readonly string[];
  /** The titles of its links. */
  readonly links: readonly string[];
}

/** A frame a panel draws. */
export interface ShownFrame {
  readonly rows: number;
  readonly fields: readonly ShownField[];
}

/** What is asked of the process, and what it answers. */
export type Ask = { readonly panel: Panel; readonly frames: readonly Frame[] };
export type Shown = { readonly frames: ShownFrame[] } | { readonly error: string };

/** The versions, by the name each is installed under. */
export const VERSIONS: readonly { readonly alias: string; readonly version: string }[] = versions();

/** A Grafana of one version, as far as it gets without a screen. */
export interface Grafana extends AsyncDisposable {
  /** What a panel draws of frames. */
  shown(panel: Panel, frames: readonly Frame[]): Promise<ShownFrame[]>;
}

/** Installs every version, unless this lockfile's are. */
export async function installGrafana(): Promise<void> {
  if (modifiedAt('node_modules/.package-lock.json') >= modifiedAt('package-lock.json')) return;
  await run('npm', ['ci', '--no-workspaces', '--ignore-scripts'], FOLDER);
}

/** Starts a version. */
export async function startGrafana(alias: string): Promise<Grafana> {
  const bundle = join(FOLDER, '.tmp', `${alias}.mjs`);
  await build({
    stdin: { contents: `export { ${EXPORTED.join(', ')} } from '${alias}';`, resolveDir: FOLDER },
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'browser', // where it is made for; Node runs it as it is
    logLevel: 'silent',
  });
  const child = fork(join(FOLDER, 'program.ts'), [bundle], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // a translator it loads prints a line for its maker
  });
  await nextMessage(child);
  return {
    shown: async (panel, frames) => {
      child.send({ panel, frames } satisfies Ask);
      return nextMessage(child);
    },
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<ShownFrame[]> {
  const shown = await new Promise<Shown>((resolve, reject) => {
    const end = (code: number | null): void => reject(new Error(`it ended with ${code}`));
    child.once('exit', end);
    child.once('message', (message) => {
      child.off('exit', end);
      resolve(message as Shown);
    });
  });
  if ('error' in shown) throw new Error(shown.error);
  return shown.frames;
}

function versions(): { alias: string; version: string }[] {
  const { packages } = JSON.parse(readFileSync(join(FOLDER, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { name?: string; version?: string }>;
  };
  return Object.entries(packages).flatMap(([path, { name, version = '' }]) =>
    name === '@grafana/data' ? [{ alias: basename(path), version }] : [],
  );
}

function modifiedAt(file: string): number {
  return statSync(join(FOLDER, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
