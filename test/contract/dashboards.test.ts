import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingsIn, lineOf } from '../../dashboards/check/findings.ts';
import { hasPromtool } from '../../dashboards/check/promtool.ts';
import type { Dashboard, Subject } from '../../dashboards/check/rule.ts';
import { RULES } from '../../dashboards/check/rules/index.ts';
import { committed, dashboardOf, FOLDER } from '../../dashboards/check/subject.ts';
import type { RuleGroup } from '../../src/cli/rules/index.ts';
import { DASHBOARD_BREAKS } from './dashboard-breaks.ts';
import type { Break } from './dashboard-edits.ts';
import { readDashboard } from './dashboard-file.ts';
import { QUERY_BREAKS } from './dashboard-query-breaks.ts';

const BREAKS = [...DASHBOARD_BREAKS, ...QUERY_BREAKS];
/** What the checker reads of its folder. */
const CHECKED = [...readdirSync(FOLDER).filter((name) => /\.(?:json|yaml)$/.test(name)), 'rules', 'runbooks'];
const mustHavePromtool = process.env['CI'] !== undefined;
const subject = committed();
const found = findingsIn(subject);

describe('the committed dashboards and rules', () => {
  test('are the overview, the flow, the scope detail and the SLO', () => {
    expect(subject.dashboards.map(({ file }) => file).toSorted()).toEqual([
      'cancelscope-flow.json',
      'cancelscope-overview.json',
      'cancelscope-scope.json',
      'cancelscope-slo.json',
    ]);
  });

  test.each(RULES)('keep $id: $what', ({ id }) => {
    const lines = found.filter(({ rule }) => rule.id === id).map(lineOf);

    expect(lines).toEqual([]);
  });

  test('have been judged by promtool (D10, R01)', ({ skip }) => {
    skip(!hasPromtool() && !mustHavePromtool, 'promtool is not installed: apt-get install prometheus');

    expect(subject.promtool).toBeDefined();
  });
});

describe('the checker', () => {
  test('breaks every rule about dashboards at least once below', () => {
    const broken = new Set([...BREAKS.map(({ rule }) => rule), 'D26']);

    expect(RULES.flatMap(({ id }) => (id.startsWith('D') && !broken.has(id) ? [id] : []))).toEqual([]);
  });

  const judgeable = BREAKS.filter(({ promtool }) => promtool === undefined || hasPromtool() || mustHavePromtool);
  test.each(judgeable)('complains by $rule alone of one that $how', (broken) => {
    const promtool = broken.promtool === true ? subject.promtool : undefined;

    const findings = findingsIn({ ...withBroken(broken), promtool });

    const rules = new Set(findings.map(({ rule }) => rule.id));
    expect([...rules], findings.map(lineOf).join('\n')).toEqual([broken.rule]);
  });

  test('complains by D01 of a file not named by its uid', () => {
    const dashboards = subject.dashboards.map((one) =>
      one.file === 'cancelscope-slo.json' ? { ...one, file: 'slo.json' } : one,
    );

    expect(rulesBrokenBy({ ...subject, dashboards, generated: textsOf(dashboards) })).toEqual(['D01']);
  });

  test('complains by D01 of two with one uid', () => {
    const [first] = subject.dashboards;
    const dashboards = first === undefined ? [] : [...subject.dashboards, first];

    expect(rulesBrokenBy({ ...subject, dashboards })).toEqual(['D01']);
  });

  test('complains by D26 of a file edited by hand, of one too many and of a missing one', () => {
    const [first, ...rest] = subject.dashboards;
    const edited = subject.dashboards.map((one) => (one === first ? { ...one, text: `${one.text}\n` } : one));

    expect(rulesBrokenBy({ ...subject, dashboards: edited })).toEqual(['D26']);
    expect(rulesBrokenBy({ ...subject, generated: textsOf(rest) })).toEqual(['D26']);
    expect(rulesBrokenBy({ ...subject, generated: new Map([...subject.generated, ['more.json', '']]) })).toEqual([
      'D26',
    ]);
  });

  test('complains by D26 of rules edited by hand', () => {
    const alerting = { ...subject.alerting, text: `${subject.alerting.text}\n` };

    expect(rulesBrokenBy({ ...subject, alerting })).toEqual(['D26']);
  });

  test('complains by D30, and by R07, of an alert that leads nowhere', () => {
    const groups = JSON.parse(
      JSON.stringify(subject.alerting.groups).replace('/d/cancelscope-flow', '/d/cancelscope-none'),
    ) as RuleGroup[];

    expect(rulesBrokenBy({ ...subject, alerting: { ...subject.alerting, groups } })).toEqual(['D30', 'R07']);
  });
});

describe('dashboards/check.ts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cancelscope-dashboards-'));
    for (const name of CHECKED) cpSync(join(FOLDER, name), join(folder, name), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('ends with 0 while nothing is wrong', () => {
    const { status, stdout, stderr } = checkIn(folder);

    expect({ status, stderr: stderr.replace(/^promtool is not.*\n/, '') }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^4 dashboards, \d\d rules of Prometheus, \d\d checks: 0 errors, 0 warnings$/m);
  });

  test('names file, panel, rule and fault, and ends with 1', () => {
    const broken = readDashboard('cancelscope-flow.json');
    const [, panel] = broken.panels;
    delete panel?.description;
    writeFileSync(join(folder, 'cancelscope-flow.json'), JSON.stringify(broken));

    const { status, stderr } = checkIn(folder);

    expect(status).toBe(1);
    expect(stderr).toContain('cancelscope-flow.json: Flow of cancels: D07: has no description in whole sentences\n');
    expect(stderr).toContain('cancelscope-flow.json: D26: is not what `npm run dashboards` writes\n');
  });

  test('names file, alert, rule and fault of rules as they are in the file, and ends with 1', () => {
    const file = join(folder, subject.alerting.file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('oldest_pending_seconds > 30', 'oldest_pending_seconds'));

    const { status, stderr } = checkIn(folder);

    expect(status).toBe(1);
    expect(stderr).toContain('cancelscope.rules.yaml: CancelStuck: R09: has no condition\n');
    expect(stderr).toContain('cancelscope.rules.yaml: D26: is not what `npm run dashboards` writes\n');
  });
});

function checkIn(folder: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(FOLDER, 'check.ts'), folder], { encoding: 'utf8' });
}

/** The committed dashboards with one of them broken, as if the generator had made it so. */
function withBroken({ of: uid, break: breakIt }: Break): Subject {
  const file = `cancelscope-${uid ?? 'overview'}.json`;
  const json = readDashboard(file);
  breakIt(json);
  const broken = dashboardOf(file, JSON.stringify(json));
  const dashboards = subject.dashboards.map((one) => (one.file === file ? broken : one));
  return { ...subject, dashboards, generated: textsOf(dashboards) };
}

function rulesBrokenBy(broken: Subject): string[] {
  return [...new Set(findingsIn({ ...broken, promtool: undefined }).map(({ rule }) => rule.id))];
}

/** What a generator would make that made these dashboards, and the committed rules. */
function textsOf(dashboards: readonly Dashboard[]): Map<string, string> {
  return new Map([...dashboards, subject.alerting].map(({ file, text }) => [file, text]));
}
