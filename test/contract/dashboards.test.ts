import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingsIn, lineOf } from '../../dashboards/check/findings.ts';
import { hasPromtool } from '../../dashboards/check/promtool.ts';
import type { Dashboard, Subject } from '../../dashboards/check/rule.ts';
import { RULES } from '../../dashboards/check/rules/index.ts';
import { committed, dashboardOf, FOLDER } from '../../dashboards/check/subject.ts';
import { DASHBOARD_BREAKS } from './dashboard-breaks.ts';
import type { Break } from './dashboard-edits.ts';
import { readDashboard } from './dashboard-file.ts';
import { QUERY_BREAKS } from './dashboard-query-breaks.ts';

const BREAKS = [...DASHBOARD_BREAKS, ...QUERY_BREAKS];
const mustHavePromtool = process.env['CI'] !== undefined;
const subject = committed();
const found = findingsIn(subject);

describe('the committed dashboards', () => {
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

  test('have been judged by promtool (D10)', ({ skip }) => {
    skip(!hasPromtool() && !mustHavePromtool, 'promtool is not installed: apt-get install prometheus');

    expect(subject.judge).toBeDefined();
  });
});

describe('the checker', () => {
  test('breaks every rule at least once below', () => {
    const broken = new Set([...BREAKS.map(({ rule }) => rule), 'D26']);

    expect(RULES.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
  });

  const judgeable = BREAKS.filter(({ promtool }) => promtool === undefined || hasPromtool() || mustHavePromtool);
  test.each(judgeable)('complains by $rule alone of one that $how', (broken) => {
    const judge = broken.promtool === true ? subject.judge : undefined;

    const findings = findingsIn({ ...withBroken(broken), judge });

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

  test('complains by D30 of an alert that leads nowhere', () => {
    const alerts = subject.alerts.map((alert, index) =>
      index === 0 ? { ...alert, annotations: { dashboard_url: '/d/cancelscope-none' } } : alert,
    );

    expect(rulesBrokenBy({ ...subject, alerts })).toEqual(['D30']);
  });
});

describe('dashboards/check.ts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cancelscope-dashboards-'));
    for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
      copyFileSync(join(FOLDER, file), join(folder, file));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('ends with 0 while nothing is wrong', () => {
    const { status, stdout, stderr } = checkIn(folder);

    expect({ status, stderr: stderr.replace(/^promtool is not.*\n/, '') }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('4 dashboards, ');
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
  return [...new Set(findingsIn({ ...broken, judge: undefined }).map(({ rule }) => rule.id))];
}

function textsOf(dashboards: readonly Dashboard[]): Map<string, string> {
  return new Map(dashboards.map(({ file, text }) => [file, text]));
}
