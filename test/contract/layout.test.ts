import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SourceFile, rulesStatedIn, sourceFiles, withoutComments } from './source-files.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['src', 'test', 'dashboards', 'scripts', 'benchmarks', 'examples', 'demo'];
const LONGEST = 250;
const CLOCK = 'src/token/clock.ts';

const everything = FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap(sourceFiles);
const source = everything.filter(({ path }) => path.startsWith('src/'));
const tests = everything.filter(({ path }) => path.startsWith('test/'));

describe('source files', () => {
  test(`have at most ${LONGEST} lines`, () => {
    const long = everything.filter(({ text }) => text.trimEnd().split('\n').length > LONGEST);

    expect(pathsOf(long)).toEqual([]);
  });

  test('are named for what they hold, not for being of use', () => {
    const vague = everything.filter(({ path }) => /^(utils?|helpers?|common|types|misc|shared)\./.test(basename(path)));

    expect(pathsOf(vague)).toEqual([]);
  });

  test('say what they own', () => {
    const silent = source.filter(({ text }) => !text.startsWith('/**'));

    expect(pathsOf(silent)).toEqual([]);
  });

  test('take the time and start timers in one place', () => {
    const reading = /\b(Date\.now|performance\.now|hrtime|setTimeout|setInterval|new Date\(\))/;
    const readers = source.filter(({ path, text }) => path !== CLOCK && reading.test(withoutComments(text)));

    expect(pathsOf(readers)).toEqual([]);
  });
});

test('every rule a header states is cited by a test of its folder', () => {
  const uncited = source.flatMap(({ path, text }) => {
    const texts = tests.filter((file) => file.path.startsWith(testFolderOf(path))).map((file) => file.text);
    return rulesStatedIn(text)
      .filter((rule) => !texts.some((cited) => new RegExp(String.raw`\b${rule}\b`).test(cited)))
      .map((rule) => `${path}: ${rule}`);
  });

  expect(uncited).toEqual([]);
});

/** Where the tests of a source file are: the mirror of its layer, or of its own folder among exporters and middleware. */
function testFolderOf(path: string): string {
  return path.replace(/^src\/((?:exporters|middleware)\/[^/]+\/|[^/]+\/)?.*$/, 'test/$1');
}

function pathsOf(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path);
}
