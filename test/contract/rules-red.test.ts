/** That the checks of the rules see what they are for: each is given rules that are broken, and says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RuleGroup, ruleGroups, rulesFile } from '../../src/cli/rules/index.ts';
import { DASHBOARDS_FOLDER } from './dashboard-file.ts';
import { hasPromtool } from './promtool.ts';
import { annotationFaults, coverageFaults, inhibitionFaults, ruleTests } from './rules-documents.ts';
import * as faults from './rules-faults.ts';
import { lintOf } from './rules-promtool.ts';

const INHIBITION = readFileSync(join(DASHBOARDS_FOLDER, 'alertmanager-inhibit.yaml'), 'utf8');
const TESTS = ruleTests();
const SELECTOR = 'job="api"';

const coverage: faults.RuleCheck = (groups) => coverageFaults(groups, TESTS);
const inhibition: faults.RuleCheck = (groups) => inhibitionFaults(groups, INHIBITION);

/** What is broken; the check for it; what to put in the place of what, in the rules as JSON; what the check must say. */
type Case = readonly [what: string, check: faults.RuleCheck, from: string | RegExp, to: string, says: string];

const SHARE = 'job_scope:cancellation_latency_seconds:slow_ratio_rate5m';
const PENDING = 'cancellation_oldest_pending_seconds';
const ACCEPTED = /sum without \([^)]*\) \(rate\((\w+)\{result=\\"accepted\\"\}\[5m\]\)\)/;

const CASES: readonly Case[] = [
  ['R02: a level that is not kept', faults.recordNames, '"job_reason:', '"job_scope:', 'its labels are job, reason'],
  ['R02: a metric nobody knows', faults.recordNames, ':cancellation_requests:', ':cancels:', 'cancels is no metric'],
  ['R02: another window', faults.recordNames, 'requests:rate5m', 'requests:rate1h', 'reads 5m'],
  ['R02: no operation', faults.recordNames, 'requests:rate5m', 'requests', 'not level:metric:operations'],
  ['R03: a record of another group', faults.groupOrder, '_count:rate1h > 0', '_count:rate1d > 0', 'of another group'],
  ['R03: a group that is late', faults.groupOrder, '"interval":"2m"', '"interval":"10m"', 'every 10m'],
  ['R04: a record that is there twice', faults.duplicates, '_count:rate1h"', '_count:rate5m"', '_count:rate5m'],
  ['R04: an alert that is there twice', faults.duplicates, '"window":"6h"', '"window":"1h"', 'CancelSlowBudgetBurn'],
  ['R05: a name in the wrong case', faults.names, '"CancelSlow"', '"cancel_slow"', 'cancel_slow'],
  ['R05: a long name', faults.names, '"CancelSlow"', `"Cancel${'Slow'.repeat(10)}"`, 'CancelSlowSlow'],
  ['R06: a severity nobody routes', faults.labels, '"severity":"info"', '"severity":"page"', 'severity page'],
  ['R06: a label that changes', faults.labels, '"window":"1h"', '"window":"{{ $value }}"', '{{ $value }}'],
  [
    'R07: a summary with a template',
    annotationFaults,
    'Cancelled work does',
    '{{ $value }} does',
    'CancelStuck: summary',
  ],
  ['R07: a description that never changes', annotationFaults, /"Monitor [^"]*"/, '"Monitors fail."', 'description'],
  ['R07: a runbook there is not', annotationFaults, 'runbooks/CancelStuck.md', 'runbooks/Stuck.md', 'no dashboards/'],
  ['R07: a dashboard there is not', annotationFaults, '/d/cancelscope-slo', '/d/cancelscope-slow', 'no dashboard'],
  ['R08: a label there is not', faults.templates, '{{ $labels.scope }}', '{{ $labels.reason }}', 'no label reason'],
  ['R08: a plain share', faults.templates, '$value | humanizePercentage', '$value', 'not humanizePercentage'],
  ['R08: plain seconds', faults.templates, '| humanizeDuration', '| humanize', 'not humanizeDuration'],
  ['R09: no condition', faults.conditions, `${PENDING} > 30`, PENDING, 'CancelStuck: no condition'],
  [
    'R09: absence noticed at once',
    faults.conditions,
    /"for":"15m"(?=,"labels":\{"severity":"warning"\},"annotations":\{"summary":"A service)/,
    '"for":"0s"',
    'absent at once',
  ],
  ['R09: a share of how few', faults.conditions, `\\nand\\n${SHARE} * `, '\\nand\\n', 'CancelSlow: a share of how few'],
  ['R09: a denominator of zero', faults.conditions, /\((job_scope:\S+) > 0\)/, '$1', 'divides by job_scope:'],
  ['R09: a sum inside a rate', faults.conditions, ACCEPTED, 'rate(sum($1)[5m:])', 'sum inside rate'],
  ['R09: a raw counter', faults.conditions, ACCEPTED, '$1', 'cancellation_requests_total raw'],
  ['R09: topk', faults.conditions, `${PENDING} > 30`, `topk(3, ${PENDING}) > 30`, 'topk'],
  [
    'R09: over time, and for a time',
    faults.conditions,
    `${PENDING} >`,
    `max_over_time(${PENDING}[5m]) >`,
    'for with _over_time',
  ],
  ['R09: no expression', faults.conditions, `${PENDING} >`, `${PENDING} > >`, 'does not parse'],
  ['R10: a burn rate of its own', faults.burnRates, '> 14.4 *', '> 10 *', '1hx10'],
  ['R10: a short window that is no twelfth', faults.burnRates, 'ratio_rate30m > 6', 'ratio_rate1h > 6', '1hx6'],
  [
    'R10: a window nobody records',
    faults.burnRates,
    '"job:cancellation_latency_seconds:slow_ratio_rate3d"',
    '"x"',
    '3dx1',
  ],
  ['R11: a bucket no histogram has', faults.bucketLiterals, 'le=\\"0.5\\"', 'le=\\"0.3\\"', 'le="0.3"'],
  ['R11: a whole number', faults.bucketLiterals, 'le=\\"0.5\\"', 'le=\\"1\\"', 'le="1"'],
  ['R12: an alert without a case', coverage, '"CancelStuck"', '"CancelNew"', 'CancelNew never fires'],
  ['R12: a record without a value', coverage, '"job_reason:', '"job_new:', 'has no value'],
  ['R13: a second severity', inhibition, '"alert":"CancelZombies"', '"alert":"CancelIgnored"', 'CancelIgnored'],
  ['R14: a job by its name', faults.selection(''), `${PENDING} >`, `${PENDING}{job=\\"api\\"} >`, 'job="api"'],
  ['R14: a series without the selector', faults.selection(SELECTOR), '"alert"', '"alert"', PENDING],
];

describe('a check goes red for', () => {
  test.each(CASES)('%s', (_, check, from, to, says) => {
    const good = JSON.stringify(ruleGroups());
    const broken = JSON.parse(good.replace(from, to)) as RuleGroup[];

    expect(typeof from === 'string' ? good.includes(from) : from.test(good)).toBe(true);
    expect(check(broken).join('\n')).toContain(says);
  });

  test.each([
    ['firing', /alertname: TimerLag\n\s+exp_alerts:\n/g, 'TimerLag never fires'],
    ['silence', /alertname: TimerLag(?:,|\n)\s+exp_alerts: \[\]/g, 'TimerLag is never silent'],
    ['no data', /no data/g, 'no case for no data'],
    ['zero traffic', /stand still/g, 'no case for zero traffic'],
    ['counter resets', /reset/g, 'no case for counter reset'],
  ])('R12: a missing case for %s', (_, gone, says) => {
    const tests = new Map([...TESTS].map(([name, text]) => [name, text.replaceAll(gone, 'gone')]));

    expect(coverageFaults(ruleGroups(), tests)).toEqual([says]);
  });

  test('R01: a text promtool does not accept, or lints', ({ skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    expect(lintOf(rulesFile().replace('> 30', '> > 30'))).toContain('parse error');
    expect(lintOf(rulesFile().replace('seconds_count:rate1h\n', 'seconds_count:rate5m\n'))).toContain('duplicate');
  });
});
