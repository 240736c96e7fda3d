import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPTIONS, readCommand } from '../../src/cli/command-line.ts';
import { rulesText } from '../../src/cli/rules-text.ts';
import { UsageError } from '../../src/cli/usage.ts';
import { cancelscope, emptyFolder, textsIn } from './command.ts';

/** What a user typed, and what of the message helps. */
const WRONG: readonly (readonly [typed: string[], said: RegExp])[] = [
  [[], /a command is missing: dashboards, rules or runbooks/],
  [['dashboard', '--out', 'x'], /"dashboard" is no command: dashboards, rules or runbooks/],
  [['dashboards', 'x'], /"x" is one word too many: dashboards takes options only/],
  [['dashboards'], /dashboards needs --out DIR, the folder to write into/],
  [['runbooks'], /runbooks needs --out DIR, the folder to write into/],
  [['dashboards', '--out'], /--out needs a value/],
  [['dashboards', '--out', ''], /--out needs a value/],
  [['dashboards', '--out='], /--out needs a value/],
  [['dashboards', '--out', '--force'], /--out needs a value; if "--force" is meant to be one, write --out=--force/],
  [['dashboards', '--out', 'x', '--out', 'y'], /--out is given twice: give it once/],
  [['dashboards', '--out', 'x', '--force=yes'], /--force takes no value: leave out "yes"/],
  [
    ['dashboards', '--out', 'x', '--slow', '1s'],
    /--slow is no option of dashboards: it takes --out, --datasource, --tag/,
  ],
  [['runbooks', '--out', 'x', '--tag', 'y'], /--tag is no option of runbooks: it takes --out and --force/],
  [['rules', '--datasource', 'x'], /--datasource is no option of rules: it takes --out, --slow/],
  [['rules', '-o', 'x'], /-o is no option of rules/],
  [['rules', '--__proto__', 'x'], /--__proto__ is no option of rules/],
  [['rules', '--constructor=x'], /--constructor is no option of rules/],
  [['dashboards', '--out', 'x', '--datasource', '${DS}'], /--datasource must be the uid .*; received "\$\{DS\}"/],
  [
    ['dashboards', '--out', 'x', '--datasource', 'u'.repeat(41)],
    /--datasource must be the uid of a Grafana data source/,
  ],
  [['dashboards', '--out', 'x', '--tag', 't'.repeat(51)], /--tag must have at most 50 characters/],
  [['rules', '--slow', '1s'], /--slow must be a boundary of the latency buckets and no whole second/],
  [['rules', '--slow', 'soon'], /--slow must be a length of time such as '500ms' or '2.5s'; received "soon"/],
  [['rules', '--objective', 'most'], /--objective must be a share such as 0.99; received "most"/],
  [['rules', '--objective', '1'], /--objective must be a share from .* received 1/],
  [['rules', '--selector', 'job=api'], /--selector must be PromQL matchers without braces, such as job="api"/],
  [['rules', '--process-label', 'job'], /--process-label must be /],
  [['rules', '--runbook-url', 'a b'], /--runbook-url must be an http\(s\) URL or a path/],
  [['rules', '--dashboard-url', 'https://x/?y'], /--dashboard-url must be an http\(s\) URL or a path/],
];

test.each(WRONG)('%j is refused by name (CO1, CO2)', (typed, said) => {
  const follow = (): unknown => {
    const command = readCommand(typed);
    return command.name === 'rules' ? rulesText(command.rules) : command;
  };

  expect(follow).toThrow(UsageError);
  expect(follow).toThrow(said);
});

test.each([
  { typed: ['dashboards', '--out', 'x', '--slow', '1s'], said: '--slow is no option of dashboards: it takes ' },
  { typed: ['rules', '--out', 'x', '--slow', '1s'], said: '--slow must be a boundary of the latency buckets ' },
])('a wrong command line ends with 2, says so on stderr, and writes nothing: $typed (CL1, CL2)', ({ typed, said }) => {
  using folder = emptyFolder();

  const run = cancelscope(typed, folder.path);

  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
  expect(run.stderr).toMatch(/^cancelscope: .*\ncancelscope --help shows every command and option\n$/);
  expect(run.stderr).toContain(`cancelscope: ${said}`);
  expect(textsIn(folder.path)).toEqual({});
});

test.each([{ typed: ['--help'] }, { typed: ['-h'] }, { typed: ['rules', '--nonsense', '--help'] }])(
  '$typed shows how it is used, on stdout, with 0 (CL1, CL2)',
  ({ typed }) => {
    using folder = emptyFolder();

    const run = cancelscope(typed, folder.path);

    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^npx cancelscope COMMAND/);
  },
);

test('--version is the version of the package', () => {
  using folder = emptyFolder();
  const manifest = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');

  const run = cancelscope(['--version'], folder.path);

  expect(run).toEqual({ code: 0, stdout: `${(JSON.parse(manifest) as { version: string }).version}\n`, stderr: '' });
});

describe('--help', () => {
  test('names every command and every option, and none that is not', () => {
    using folder = emptyFolder();

    const { stdout } = cancelscope(['--help'], folder.path);

    const named = new Set(stdout.match(/--[\w-]+/g));
    const options = Object.values(OPTIONS).flatMap((options) => Object.keys(options));
    expect(named).toEqual(new Set([...options, 'help', 'version'].map((name) => `--${name}`)));
    for (const command of Object.keys(OPTIONS)) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });
});
