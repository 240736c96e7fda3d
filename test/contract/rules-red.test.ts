/** That the checker sees what is wrong with rules: each of its rules is given some that are broken, and says so. */
import { describe, expect, test } from 'vitest';
import { findingsIn, lineOf } from '../../dashboards/check/findings.ts';
import { hasPromtool } from '../../dashboards/check/promtool.ts';
import type { AlertingFiles, Promtool } from '../../dashboards/check/rule.ts';
import { RULES } from '../../dashboards/check/rules/index.ts';
import { committed } from '../../dashboards/check/subject.ts';
import { ruleGroups, type RuleGroup } from '../../src/cli/rules/index.ts';
import { NAME_BREAKS } from './rules-breaks.ts';
import { CONDITION_BREAKS } from './rules-condition-breaks.ts';

const RULES_BREAKS = [...NAME_BREAKS, ...CONDITION_BREAKS];

const { alerting, ...others } = committed();

/** What the checker says while something of the rules is otherwise. */
function linesAbout(changed: Partial<AlertingFiles>, promtool?: Promtool): string[] {
  return findingsIn({ ...others, promtool, alerting: { ...alerting, ...changed } }).map(lineOf);
}

test('every rule of the checker about rules is broken at least once below', () => {
  const broken = new Set([...RULES_BREAKS.map(({ rule }) => rule), 'R01']);

  expect(RULES.flatMap(({ id }) => (id.startsWith('R') && !broken.has(id) ? [id] : []))).toEqual([]);
});

describe('the checker complains', () => {
  test.each(RULES_BREAKS)('by $rule of $how', ({ rule, from, to, says: [name, message] }) => {
    const good = JSON.stringify(alerting.groups);
    const groups = JSON.parse(good.replace(from, to)) as RuleGroup[];

    const lines = linesAbout({ groups });

    expect(good.replace(from, to)).not.toBe(good);
    const start = ['cancelscope.rules.yaml', name, rule].filter((part) => part !== '').join(': ');
    expect(lines.filter((line) => line.startsWith(`${start}: `)).join('\n')).toContain(message);
  });

  test('by R13 of a page that silences nothing', () => {
    const inhibition = alerting.inhibition.replace('equal: [job', 'equal: [scope');

    expect(linesAbout({ inhibition })).toEqual([
      'cancelscope.rules.yaml: CancelSlowBudgetBurn: R13: warns beside its own page (warning)',
    ]);
  });

  test('by R14 of series without the selector the rules are made for', () => {
    const selector = 'job="api"';
    const groups = ruleGroups({ selector });

    expect(linesAbout({ selector, groups })).toEqual([]);
    expect(linesAbout({ selector }).filter((line) => !line.includes(': R14: '))).toEqual([]);
    expect(linesAbout({ selector }).length).toBeGreaterThan(30);
  });

  test.each([
    [
      'firing',
      /alertname: TimerLag\n\s+exp_alerts:\n/g,
      'alertname: gone\n        exp_alerts:\n',
      'TimerLag: R12: fires in no case',
    ],
    [
      'silence',
      /alertname: TimerLag(?=(?:,|\n)\s*exp_alerts: \[\])/g,
      'alertname: gone',
      'TimerLag: R12: is silent in no case',
    ],
    ['no data', /no data/g, 'gone', 'R12: there is no case for no data'],
    ['zero traffic', /stand still/g, 'gone', 'R12: there is no case for zero traffic'],
    ['counter resets', /reset/g, 'gone', 'R12: there is no case for a counter reset'],
  ])('by R12 of a missing case for %s', (_, from, to, says) => {
    const cases = alerting.cases.map((text) => text.replaceAll(from, to));

    expect(linesAbout({ cases })).toEqual([`cancelscope.rules.yaml: ${says}`]);
  });

  test.for([
    ['does not accept', /> 30/, '> > 30', 'parse error'],
    ['lints', /seconds_count:rate1h\n/, 'seconds_count:rate5m\n', 'duplicate'],
    ['finds nothing in', /[^]*/, 'groups: []\n', '0 rules found'],
  ] as const)('by R01 of a text promtool %s', ([, from, to, says], { skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');
    const text = alerting.text.replace(from, to);

    const lines = linesAbout({ text }, others.promtool);

    expect(text).not.toBe(alerting.text);
    expect(lines.find((line) => line.startsWith('cancelscope.rules.yaml: R01: '))).toContain(says);
  });
});
