import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cancelscope, emptyFolder, textsIn } from './command.ts';

const ROOT = join(import.meta.dirname, '../..');

test('finds its files from wherever it is installed, and takes no others (PF1)', () => {
  using folder = emptyFolder();
  const program = installIn(folder.path, {
    'cancelscope-one.json': '{"tags":[]}',
    'settings.json': '{}',
    'generate.ts': '',
  });

  const run = cancelscope(['dashboards', '--out', 'out'], folder.path, program);
  const version = cancelscope(['--version'], folder.path, program);

  expect(run).toEqual({ code: 0, stdout: 'wrote out/cancelscope-one.json\n', stderr: '' });
  expect(version.stdout).toBe('9.9.9\n');
  expect(textsIn(join(folder.path, 'out'))).toEqual({ 'cancelscope-one.json': '{"tags":[]}' });
});

test('says which folder is empty when its files are missing', () => {
  using folder = emptyFolder();
  const program = installIn(folder.path, {});

  const run = cancelscope(['runbooks', '--out', 'out'], folder.path, program);

  expect([run.code, run.stdout]).toEqual([1, '']);
  expect(run.stderr).toMatch(/dashboards\/runbooks holds nothing to write: install cancelscope again\n$/);
});

/** A copy of the package with these dashboards, inside a project that has a manifest of its own; gives its program. */
function installIn(project: string, dashboards: Readonly<Record<string, string>>): string {
  const folder = join(project, 'vendor/cancelscope');
  for (const part of ['cli', 'instrumentation', 'token']) {
    cpSync(join(ROOT, 'src', part), join(folder, 'src', part), { recursive: true });
  }
  mkdirSync(join(folder, 'dashboards'));
  for (const [name, text] of Object.entries(dashboards)) writeFileSync(join(folder, 'dashboards', name), text);
  const manifest = { name: 'cancelscope', version: '9.9.9', type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'src/package.json'), JSON.stringify({ name: 'inner', type: 'module' }));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', type: 'module' }));
  return join(folder, 'src/cli/main.ts');
}
