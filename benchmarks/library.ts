/**
 * The library under measurement: what users run, so the built one.
 *
 * L1. A build older than the sources is built again first; if that fails, the sources are measured, and said so.
 * L2. All entries come from one build: they share their state. Other threads load those of the main one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';
import { options } from './options.ts';

type Library = typeof import('../src/index.ts');
type Prometheus = typeof import('../src/exporters/prometheus/index.ts');
type OpenTelemetry = typeof import('../src/exporters/opentelemetry/index.ts');
type Thread = typeof import('../src/backends/thread/index.ts');

const root = join(import.meta.dirname, '..');

interface Entries {
  /** Said once, above the table. */
  readonly note: string;
  /** Where a build is; undefined for the sources. */
  readonly folder: string | undefined;
}

function builtIn(folder: string, note: string): Entries {
  return { note, folder };
}

function sources(note: string): Entries {
  return { note, folder: undefined };
}

/** Which folder of the sources an entry is in. */
const ROOMS: Readonly<Record<string, string>> = {
  index: '.',
  prometheus: 'exporters/prometheus',
  opentelemetry: 'exporters/opentelemetry',
  thread: 'backends/thread',
};

function fileOf(name: string): string {
  const { folder } = entries;
  return folder === undefined
    ? join(root, 'src', ROOMS[name] ?? `middleware/${name}`, 'index.ts')
    : join(folder, `${name}.js`);
}

/** Whether dist is missing, or a source file is newer than it. */
function isStale(): boolean {
  const built = join(root, 'dist/index.js');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  return globSync('src/**/*.ts', { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > builtAt);
}

function findEntries(): Entries {
  if (options.library !== undefined) return builtIn(resolve(options.library), `measured: ${options.library}`);
  if (!isStale()) return builtIn(join(root, 'dist'), 'measured: dist');
  try {
    execFileSync(join(root, 'node_modules/.bin/tsup'), { cwd: root, stdio: 'pipe' });
    return builtIn(join(root, 'dist'), 'measured: dist, built just now');
  } catch {
    return sources('measured: src, NOT what users run, because the build failed (npm run build says why)'); // L1
  }
}

const entries = isMainThread ? findEntries() : (workerData as Entries); // L2

/** An entry of the library under measurement: `node` for `cancelscope/node`. */
export async function entry<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(fileOf(name)).href)) as T;
}

/** What other threads load the same library from: their `workerData`. */
export const libraryEntries = entries;

/** What is measured, in words. */
export const libraryNote = entries.note;

const library = await entry<Library>('index');
export const { cancelScope, openScope, registerMonitor } = library;
export const CancellationToken = library.CancellationToken;
export const { prometheusMonitor } = await entry<Prometheus>('prometheus'); // L2
export const { openTelemetryMonitor } = await entry<OpenTelemetry>('opentelemetry');
export const { attachToken, shareToken } = await entry<Thread>('thread');

/** What stands for a shared token of the library under measurement. */
export type SharedTokenHandle = import('../src/backends/thread/index.ts').SharedTokenHandle;

/** A token of the library under measurement. */
export type CancellationToken = InstanceType<Library['CancellationToken']>;
