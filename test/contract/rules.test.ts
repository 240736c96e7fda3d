import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertsIn, recordsIn } from '../../dashboards/check/alerting/groups.ts';
import { ALERTING_RULES } from '../../dashboards/check/alerting/index.ts';
import { committed } from '../../dashboards/check/subject.ts';
import { ruleGroups, rulesFile, type RulesOptions } from '../../src/cli/rules/index.ts';

const SELECTOR = 'job="api",env=~"prod|stage"';
const OPTIONS: [string, RulesOptions][] = [
  ['for one service', { selector: SELECTOR }],
  ['with another threshold and objective', { slow: '2.5s', objective: 0.999 }],
  ['where processes are told apart by other labels', { processLabels: ['host', 'worker_id'] }],
  ['with links', { runbookUrl: 'https://wiki.example.com/on-call/', dashboardUrl: 'https://grafana.example.com' }],
];
/** What depends on options alone; runbooks, cases and inhibition are those of the committed rules. */
const OF_COMMITTED = new Set(['R07', 'R12', 'R13']);

const subject = committed();

test('there is an alert for each way in which cancelling fails', () => {
  const alerts = new Set(alertsIn(subject.alerting.groups).map(({ alert }) => alert));

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
  const { groups } = subject.alerting;
  const counts = recordsIn(groups).filter(({ expr }) => expr.includes('cancellation_requests_total'));
  const forbidden = ['cancellation_requests_total', ...counts.map(({ record }) => record)];

  const reading = alertsIn(groups).filter(({ expr }) => forbidden.some((name) => expr.includes(name)));

  expect(counts).not.toHaveLength(0);
  expect(reading).toEqual([]);
});

describe.each(OPTIONS)('rules made %s', (_, options) => {
  const { selector = '' } = options;
  const alerting = { ...subject.alerting, text: rulesFile(options), groups: ruleGroups(options), selector };
  const checks = ALERTING_RULES.filter(({ id }) => !OF_COMMITTED.has(id));

  test.for(checks)('keep $id: $what', ({ id, check }, { skip }) => {
    const unjudged = id === 'R01' && subject.promtool === undefined && process.env['CI'] === undefined;
    skip(unjudged, 'promtool is not installed: apt-get install prometheus');

    expect([...check({ ...subject, alerting })]).toEqual([]);
  });
});

test('amtool accepts the rules of inhibition (R13)', ({ skip }) => {
  skip(
    spawnSync('amtool', ['--version']).error !== undefined,
    'amtool is not installed: apt-get install prometheus-alertmanager',
  );

  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-alertmanager-'));
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, `route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n${subject.alerting.inhibition}`);

  const { status, stdout } = spawnSync('amtool', ['check-config', file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });

  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('1 inhibit rules') });
});
