import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleGroups, rulesFile, type RulesOptions } from '../../src/cli/rules/index.ts';
import { DASHBOARDS_FOLDER } from './dashboard-file.ts';
import { hasPromtool } from './promtool.ts';
import { annotationFaults, coverageFaults, inhibitionFaults, ruleTests } from './rules-documents.ts';
import * as faults from './rules-faults.ts';
import { lintOf, withFile } from './rules-promtool.ts';

const RULES = 'cancelscope.rules.yaml';
const INHIBITION = readFileSync(join(DASHBOARDS_FOLDER, 'alertmanager-inhibit.yaml'), 'utf8');
const SELECTOR = 'job="api",env=~"prod|stage"';
const OPTIONS: [string, RulesOptions][] = [
  ['by default', {}],
  ['for one service', { selector: SELECTOR }],
  ['with another threshold and objective', { slow: '2.5s', objective: 0.999 }],
  ['where processes are told apart by other labels', { processLabels: ['host', 'worker_id'] }],
  ['with links', { runbookUrl: 'https://wiki.example.com/on-call/', dashboardUrl: 'https://grafana.example.com' }],
];

/** The checks that need nothing but the rules. */
const CHECKS: [string, faults.RuleCheck][] = [
  ['R02: records are named level:metric:operations', faults.recordNames],
  ['R03: groups are in order', faults.groupOrder],
  ['R04: nothing is there twice', faults.duplicates],
  ['R05: names are short', faults.names],
  ['R06: labels are static', faults.labels],
  ['R08: templates name labels there are', faults.templates],
  ['R09: conditions are safe', faults.conditions],
  ['R10: burn rates are the known ones', faults.burnRates],
  ['R11: buckets are named by boundaries', faults.bucketLiterals],
];

test('the committed rules are the generated ones, byte for byte', () => {
  const committed = readFileSync(join(DASHBOARDS_FOLDER, RULES), 'utf8');

  expect(committed).toBe(rulesFile());
});

test('there is an alert for each way in which cancelling fails', () => {
  const alerts = new Set(faults.alertsIn(ruleGroups()).map(({ alert }) => alert));

  expect([...alerts]).toEqual([
    'CancelSlow',
    'CancelSlowBudgetBurn',
    'CancelStuck',
    'CancelZombies',
    'CancelIgnored',
    'CancelPropagationDropped',
    'DeadlineCliff',
    'TimerLag',
    'CancelTelemetryAbsent',
    'MonitorErrors',
  ]);
});

test('no alert reads how many cancels there are', () => {
  const groups = ruleGroups();
  const counts = faults.recordingIn(groups).filter(({ expr }) => expr.includes('cancellation_requests_total'));
  const forbidden = ['cancellation_requests_total', ...counts.map(({ record }) => record)];

  const reading = faults.alertsIn(groups).filter(({ expr }) => forbidden.some((name) => expr.includes(name)));

  expect(counts).not.toHaveLength(0);
  expect(reading).toEqual([]);
});

describe.each(OPTIONS)('rules made %s', (_, options) => {
  const groups = ruleGroups(options);

  test.each(CHECKS)('pass %s', (_, check) => {
    expect(check(groups)).toEqual([]);
  });

  test('pass R14: whose services they watch is up to the selector', () => {
    expect(faults.selection(options.selector ?? '')(groups)).toEqual([]);
  });

  test('pass R01: promtool finds nothing to say', ({ skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    expect(lintOf(rulesFile(options))).toBe('');
  });
});

test('annotations can be read and followed (R07)', () => {
  expect(annotationFaults(ruleGroups())).toEqual([]);
});

test('every rule has its cases (R12)', () => {
  expect(coverageFaults(ruleGroups(), ruleTests())).toEqual([]);
});

test('an alert that pages silences its own warning (R13)', () => {
  expect(inhibitionFaults(ruleGroups(), INHIBITION)).toEqual([]);
});

test('amtool accepts the rules of inhibition (R13)', ({ skip }) => {
  skip(
    spawnSync('amtool', ['--version']).error !== undefined,
    'amtool is not installed: apt-get install prometheus-alertmanager',
  );

  const { status, stdout } = withFile(
    `route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n${INHIBITION}`,
    (file) => spawnSync('amtool', ['check-config', file], { encoding: 'utf8' }),
  );

  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('1 inhibit rules') });
});
