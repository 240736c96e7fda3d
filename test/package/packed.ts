/** The package as users get it: built, packed, and installed from the tarball into an empty project. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './run.ts';

export const ROOT = join(import.meta.dirname, '../..');

const BUILT_FROM = ['src', 'package.json', 'tsconfig.json', 'tsup.config.ts'];

/** The packed package, and two projects that have it installed. */
export interface Packed {
  /** Paths inside the tarball. */
  readonly files: readonly string[];
  /** Where the package lies once installed. */
  readonly folder: string;
  /** A project with nothing else installed. */
  readonly bare: string;
  /** A project that has the peers too. */
  readonly withPeers: string;
  remove(): void;
}

/** Names of all entries, as a user writes them. */
export function entryNames(): string[] {
  return Object.keys(manifest().exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => entry.replace('.', 'cancelscope'));
}

/** Builds where sources are newer than the build, packs, and installs. */
export async function pack(): Promise<Packed> {
  if (newestIn(BUILT_FROM) > builtAt()) await run(join(ROOT, 'node_modules/.bin/tsup'), [], ROOT);
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-package-'));
  const [report] = JSON.parse(
    await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT),
  );
  const bare = await consumer(join(folder, 'bare'), join(folder, report.filename));
  const withPeers = await consumer(join(folder, 'with-peers'), join(folder, report.filename));
  for (const peer of [...Object.keys(manifest().peerDependencies), '@types/node', 'undici-types'])
    link(peer, withPeers);
  return {
    files: report.files.map(({ path }: { path: string }) => path),
    folder: join(bare, 'node_modules/cancelscope'),
    bare,
    withPeers,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

async function consumer(folder: string, tarball: string): Promise<string> {
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  await run('npm', ['install', '--offline', '--omit=peer', '--no-audit', '--no-fund', tarball], folder);
  return folder;
}

function link(name: string, project: string): void {
  const place = join(project, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', name), place);
}

function manifest(): { exports: Record<string, unknown>; peerDependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

function builtAt(): number {
  return statSync(join(ROOT, 'dist/index.cjs'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(places: readonly string[]): number {
  const files = places.flatMap((place) => {
    const path = join(ROOT, place);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
  });
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}
