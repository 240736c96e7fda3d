import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rulesFile } from '../../src/cli/rules/index.ts';
import { requirement } from '../support/installed.ts';
import { cancelscope, emptyFolder, shipped, textsIn } from './command.ts';

const promtool = requirement('promtool');

describe('cancelscope rules', () => {
  test('prints them when it is told no file, and nothing else (CL2)', () => {
    using folder = emptyFolder();

    const run = cancelscope(['rules'], folder.path);

    expect(run).toEqual({ code: 0, stdout: rulesFile(), stderr: '' });
    expect(textsIn(folder.path)).toEqual({});
  });

  test('writes them to a file in a folder that need not be there', () => {
    using folder = emptyFolder();

    const run = cancelscope(['rules', '--out', 'etc/rules/cancel.yaml'], folder.path);
    const again = cancelscope(['rules', '--out', 'etc/rules/cancel.yaml'], folder.path);

    expect(run).toEqual({ code: 0, stdout: 'wrote etc/rules/cancel.yaml\n', stderr: '' });
    expect(again).toEqual({ code: 0, stdout: 'unchanged etc/rules/cancel.yaml\n', stderr: '' });
    expect(textsIn(folder.path)).toEqual({ 'etc/rules/cancel.yaml': rulesFile() });
  });

  test('hands every option on', () => {
    using folder = emptyFolder();
    const args = [
      ['--slow', '250ms'],
      ['--objective', '0.95'],
      ['--selector', 'job="api", env=~"prod|stage"'],
      ['--process-label', 'instance'],
      ['--process-label', 'container'],
      ['--runbook-url', 'https://wiki.example/runbooks'],
      ['--dashboard-url', 'https://grafana.example'],
    ];

    const run = cancelscope(['rules', ...args.flat()], folder.path);

    const wanted = rulesFile({
      slow: '250ms',
      objective: 0.95,
      selector: 'job="api", env=~"prod|stage"',
      processLabels: ['instance', 'container'],
      runbookUrl: 'https://wiki.example/runbooks',
      dashboardUrl: 'https://grafana.example',
    });
    expect(run).toEqual({ code: 0, stdout: wanted, stderr: '' });
    expect(wanted).not.toBe(rulesFile());
  });

  test.skipIf(promtool.skip)(`makes rules that Prometheus takes${promtool.note}`, () => {
    using folder = emptyFolder();
    cancelscope(['rules', '--slow', '2.5s', '--selector', "job='api'", '--out', 'rules.yaml'], folder.path);

    const args = ['check', 'rules', '--lint=all', '--lint-fatal', join(folder.path, 'rules.yaml')];
    const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('goes on quietly when nobody reads to the end', () => {
    using folder = emptyFolder();
    const program = join(import.meta.dirname, '../../src/cli/main.ts');

    const { status, stderr } = spawnSync('sh', ['-c', '"$1" "$2" rules | true', 'sh', process.execPath, program], {
      cwd: folder.path,
      encoding: 'utf8',
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('cancelscope runbooks', () => {
  test('writes every runbook as it is shipped', () => {
    using folder = emptyFolder();
    const runbooks = shipped('runbooks', '.md');

    const run = cancelscope(['runbooks', '--out', 'docs'], folder.path);

    const lines = Object.keys(runbooks).map((name) => `wrote docs/${name}\n`);
    expect(run).toEqual({ code: 0, stdout: lines.join(''), stderr: '' });
    expect(textsIn(join(folder.path, 'docs'))).toEqual(runbooks);
  });
});
