import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBinaries, installNodes, triedNodes } from './nodes.ts';
import { type Packed, ROOT, entryNames, pack } from './packed.ts';
import { run } from './run.ts';

const PATIENCE_MS = 300_000; // a first run downloads four Nodes

let packed: Packed;

beforeAll(async () => {
  await installNodes();
  packed = await pack();
}, PATIENCE_MS);

afterAll(() => packed?.remove());

describe('the tarball', () => {
  test('holds the build, dashboards, rules, runbooks and four documents, and nothing else', () => {
    const strangers = packed.files.filter(
      (file) =>
        !/^dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)$/.test(file) &&
        !/^dashboards\/([\w-]+\.json|[\w.-]+\.yaml|runbooks\/\w+\.md)$/.test(file) &&
        !['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'].includes(file),
    );

    expect(strangers).toEqual([]);
    expect(packed.files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md']));
  });

  test('names no place on the machine that built it', () => {
    const suspects = packed.files.filter((file) => {
      const text = readFileSync(join(packed.folder, file), 'utf8');
      return text.includes(ROOT) || /file:\/\/\/|sourceMappingURL|\/home\/\w|\/Users\/\w/.test(text);
    });

    expect(suspects).toEqual([]);
  });

  test('has an entry for every bundle it was built from', () => {
    const bundles = packed.files.flatMap((file) => /^dist\/([\w-]+)\.d\.ts$/.exec(file)?.[1] ?? []);
    const entries = entryNames().map((entry) => entry.replace(/^cancelscope$/, 'index').replace('cancelscope/', ''));

    expect(bundles.filter((name) => !isChunk(name)).toSorted()).toEqual(entries.toSorted());
  });

  test('exports these names, and the same to require as to import', async () => {
    const imported = await namesOf(process.execPath, packed.withPeers, 'mjs', entryNames());
    const required = await namesOf(process.execPath, packed.withPeers, 'cjs', entryNames());

    const text = Object.entries(imported).map(
      ([entry, names]) => `${entry}\n${names.map((name) => `  ${name}\n`).join('')}`,
    );

    expect(required).toEqual(imported);
    await expect(text.join('\n')).toMatchFileSnapshot('exported-names.txt');
  });
});

test('is tried on the oldest supported Node and on each line since', async ({ skip }) => {
  skip(!hasBinaries && process.env['CI'] === undefined, 'there are Node binaries for linux-x64 only');

  const versions = await Promise.all(triedNodes.map(({ binary }) => run(binary, ['--version'], ROOT)));

  expect(versions.map((version) => version.trim())).toEqual(triedNodes.map(({ version }) => `v${version}`));
  expect(triedNodes.map(({ version }) => version.split('.')[0])).toEqual(expect.arrayContaining(['22', '24', '26']));
});

describe.each(triedNodes)('on Node $version', ({ binary }) => {
  test('imports and requires every entry', async () => {
    const imported = await namesOf(binary, packed.withPeers, 'mjs', entryNames());
    const required = await namesOf(binary, packed.withPeers, 'cjs', entryNames());

    expect(Object.keys(imported)).toEqual(entryNames());
    expect(required).toEqual(imported);
  });

  test('loads what needs no peer with none installed', async () => {
    const entries = [
      'cancelscope',
      'cancelscope/node',
      'cancelscope/process',
      'cancelscope/testing',
      'cancelscope/thread',
    ];

    const imported = await namesOf(binary, packed.bare, 'mjs', entries);
    const required = await namesOf(binary, packed.bare, 'cjs', entries);

    expect(imported['cancelscope']).toContain('cancelScope');
    expect(required).toEqual(imported);
  });

  test('agrees on errors, ambient scope and monitors between its two copies in one process', async () => {
    const agreed = JSON.parse(await run(binary, ['two-copies.mjs'], packed.bare));

    expect(agreed).toEqual({
      areTwoCopies: true,
      cjsKnowsErrorOfEsm: true,
      esmKnowsErrorOfCjs: true,
      ambientScopeOfEsmInCjs: true,
      ambientScopeOfCjsInEsm: true,
      reasonAcrossNestedCopies: 'shutdown',
      cjsMonitorHears: ['heard'],
      esmMonitorHears: ['heard'],
    });
  });
});

describe('types', () => {
  const compilers = { 'TypeScript 7': '@typescript/native/bin/tsc', 'TypeScript 6': 'typescript/bin/tsc6' };
  const settings = {
    'nodenext, imported': { files: ['program.mts'], module: 'nodenext', moduleResolution: 'nodenext' },
    'nodenext, required': { files: ['program.cts'], module: 'nodenext', moduleResolution: 'nodenext' },
    bundler: { files: ['program.mts'], module: 'preserve', moduleResolution: 'bundler' },
  };

  test.each(
    Object.entries(compilers).flatMap(([compiler, path]) =>
      Object.entries(settings).map(([setting, options]) => ({ compiler, path, setting, options })),
    ),
  )(
    'satisfy $compiler under $setting',
    async ({ path, setting, options: { files, ...options } }) => {
      const project = join(packed.withPeers, `tsconfig.${setting.replaceAll(/\W+/g, '-')}.json`);
      const compilerOptions = { ...options, target: 'es2022', lib: ['es2023', 'esnext.disposable'], types: ['node'] };
      writeFileSync(
        project,
        JSON.stringify({
          files,
          compilerOptions: { ...compilerOptions, strict: true, noEmit: true, skipLibCheck: false },
        }),
      );

      const compiling = run(process.execPath, [join(ROOT, 'node_modules', path), '-p', project], packed.withPeers);
      const complaints = await compiling.catch((error: Error) => error.message);

      expect(complaints).toBe('');
    },
    PATIENCE_MS,
  );
});

/** Whether a bundle is code shared by entries, which the bundler names after its content. */
function isChunk(name: string): boolean {
  return /-[A-Za-z0-9_-]{8}$/.test(name);
}

async function namesOf(
  binary: string,
  project: string,
  form: 'mjs' | 'cjs',
  entries: string[],
): Promise<Record<string, string[]>> {
  return JSON.parse(await run(binary, [`entry-names.${form}`, ...entries], project));
}
