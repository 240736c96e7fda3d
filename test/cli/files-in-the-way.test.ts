import { linkSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileError } from '../../src/cli/file-error.ts';
import { writeFiles } from '../../src/cli/write-files.ts';
import { cancelscope, emptyFolder, shipped, textsIn } from './command.ts';

const DASHBOARDS = shipped('', '.json');
const OVERVIEW = 'cancelscope-overview.json';

describe('a file that says something else', () => {
  test('keeps every file from being written, and the message says what helps (WF1, WF2)', () => {
    using folder = emptyFolder();
    writeFileSync(join(folder.path, OVERVIEW), 'mine');

    const run = cancelscope(['dashboards', '--out', '.'], folder.path);

    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr: `cancelscope: nothing was written:\n  ${OVERVIEW} says something else: --force replaces it, another --out keeps it\n`,
    });
    expect(textsIn(folder.path)).toEqual({ [OVERVIEW]: 'mine' });
  });

  test('is replaced with --force, and others in the folder stay (WF1)', () => {
    using folder = emptyFolder();
    writeFileSync(join(folder.path, OVERVIEW), 'mine');
    writeFileSync(join(folder.path, 'other.json'), 'not of this package');

    const run = cancelscope(['dashboards', '--out', '.', '--force'], folder.path);

    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expect(run.stdout).toContain(`wrote ${OVERVIEW}\n`);
    expect(textsIn(folder.path)).toEqual({ ...DASHBOARDS, 'other.json': 'not of this package' });
  });

  test('is the same for rules that go to a file (WF1)', () => {
    using folder = emptyFolder();
    writeFileSync(join(folder.path, 'rules.yaml'), 'groups: []\n');

    const refused = cancelscope(['rules', '--out', 'rules.yaml'], folder.path);
    const kept = textsIn(folder.path);
    const forced = cancelscope(['rules', '--out', 'rules.yaml', '--force'], folder.path);

    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('rules.yaml says something else: --force replaces it');
    expect(kept).toEqual({ 'rules.yaml': 'groups: []\n' });
    expect([forced.code, forced.stdout]).toEqual([0, 'wrote rules.yaml\n']);
  });

  test('is never half replaced: who has it open keeps what it said (WF4)', () => {
    using folder = emptyFolder();
    const path = join(folder.path, 'rules.yaml');
    writeFileSync(path, 'before');
    linkSync(path, join(folder.path, 'opened before'));

    cancelscope(['rules', '--out', 'rules.yaml', '--force'], folder.path);

    const { 'opened before': before, 'rules.yaml': after, ...others } = textsIn(folder.path);
    expect(before).toBe('before');
    expect(after).toContain('groups:');
    expect(others).toEqual({});
  });
});

describe('what is no file', () => {
  test('a symbolic link is not written through, not even by force (WF3)', () => {
    using folder = emptyFolder();
    using elsewhere = emptyFolder();
    const target = join(elsewhere.path, 'target.json');
    writeFileSync(target, 'precious');
    symlinkSync(target, join(folder.path, OVERVIEW));

    const run = cancelscope(['dashboards', '--out', '.', '--force'], folder.path);

    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain(`${OVERVIEW} is a symbolic link: remove it, or choose another --out`);
    expect(textsIn(elsewhere.path)).toEqual({ 'target.json': 'precious' });
    expect(readlinkSync(join(folder.path, OVERVIEW))).toBe(target);
  });

  test('neither is one that leads nowhere (WF3)', () => {
    using folder = emptyFolder();
    using elsewhere = emptyFolder();
    symlinkSync(join(elsewhere.path, 'new.yaml'), join(folder.path, 'rules.yaml'));

    const run = cancelscope(['rules', '--out', 'rules.yaml', '--force'], folder.path);

    expect(run.code).toBe(1);
    expect(textsIn(elsewhere.path)).toEqual({});
  });

  test('a folder where a file should be is left alone', () => {
    using folder = emptyFolder();
    mkdirSync(join(folder.path, OVERVIEW));

    const run = cancelscope(['dashboards', '--out', '.', '--force'], folder.path);

    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain(`${OVERVIEW} is a folder: choose another --out`);
    expect(textsIn(folder.path)).toEqual({});
  });

  test.each(['rules', 'dashboards', 'runbooks'])('%s says so when a file is where a folder has to be', (command) => {
    using folder = emptyFolder();
    writeFileSync(join(folder.path, 'taken'), 'a file');

    const run = cancelscope([command, '--out', 'taken/below'], folder.path);

    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^cancelscope: taken\S* cannot be written: a file is in the way of a folder\n$/);
    expect(readFileSync(join(folder.path, 'taken'), 'utf8')).toBe('a file');
  });

  test.each(['..', '/', '../'])('rules cannot go to %s, which names no file', (out) => {
    using folder = emptyFolder();

    const run = cancelscope(['rules', '--out', out], folder.path);

    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^cancelscope: /);
  });
});

test.each(['../up.json', 'a/b.json', '/etc/x.json', '..', ''])('a name such as "%s" leads nowhere (WF3)', (name) => {
  using folder = emptyFolder();

  const write = (): unknown => [...writeFiles(join(folder.path, 'inner'), new Map([[name, 'text']]), true)];

  expect(write).toThrow(FileError);
  expect(textsIn(folder.path)).toEqual({});
});

test('what was written before the disk failed has been named', () => {
  using folder = emptyFolder();
  const files = new Map([
    ['a.md', 'first'],
    ['x'.repeat(300), 'no file system takes this name'],
  ]);
  const named: string[] = [];

  const write = (): void => {
    for (const { path } of writeFiles(folder.path, files, false)) named.push(path);
  };

  expect(write).toThrow(/cannot be written/);
  expect(named.map((path) => path.slice(folder.path.length + 1))).toEqual(Object.keys(textsIn(folder.path)));
});
