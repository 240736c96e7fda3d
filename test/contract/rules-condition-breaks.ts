/** Ways to break what the rules of Prometheus say, and what stands beside them, each against one rule of the checker. */
import type { RulesBreak } from './rules-breaks.ts';

const SHARE = 'job_scope:cancellation_latency_seconds:slow_ratio_rate5m';
const PENDING = 'cancellation_oldest_pending_seconds';
const REQUESTS = 'job_reason:cancellation_requests:rate5m';
const ACCEPTED = /sum without \([^)]*\) \(rate\((\w+)\{result=\\"accepted\\"\}\[5m\]\)\)/;

export const CONDITION_BREAKS: readonly RulesBreak[] = [
  { rule: 'R09', how: 'no condition', from: `${PENDING} > 30`, to: PENDING, says: ['CancelStuck', 'has no condition'] },
  {
    rule: 'R09',
    how: 'an absence noticed at once',
    from: /"for":"15m"(?=,"labels":\{"severity":"warning"\},"annotations":\{"summary":"A service)/,
    to: '"for":"0s"',
    says: ['CancelTelemetryAbsent', 'notices an absence at once'],
  },
  {
    rule: 'R09',
    how: 'a share of how few',
    from: `\\nand\\n${SHARE} * `,
    to: '\\nand\\n',
    says: ['CancelSlow', 'is about a share of how few'],
  },
  {
    rule: 'R09',
    how: 'a denominator that may be 0',
    from: /\((job_scope:\S+) > 0\)/,
    to: '$1',
    says: [SHARE, 'divides by job_scope:'],
  },
  {
    rule: 'R09',
    how: 'a sum inside a rate',
    from: ACCEPTED,
    to: 'rate(sum($1)[5m:])',
    says: [REQUESTS, 'sum inside rate'],
  },
  {
    rule: 'R09',
    how: 'a counter as it is',
    from: ACCEPTED,
    to: '$1',
    says: [REQUESTS, 'reads cancellation_requests_total raw'],
  },
  {
    rule: 'R09',
    how: 'a topk',
    from: `${PENDING} > 30`,
    to: `topk(3, ${PENDING}) > 30`,
    says: ['CancelStuck', 'takes a topk'],
  },
  {
    rule: 'R09',
    how: 'a look back that also waits',
    from: `${PENDING} >`,
    to: `max_over_time(${PENDING}[5m]) >`,
    says: ['CancelStuck', 'looks back over time'],
  },
  {
    rule: 'R09',
    how: 'no expression',
    from: `${PENDING} >`,
    to: `${PENDING} > >`,
    says: ['CancelStuck', 'does not parse'],
  },
  {
    rule: 'R10',
    how: 'a burn rate of its own',
    from: '> 14.4 *',
    to: '> 10 *',
    says: ['CancelSlowBudgetBurn', 'has 1hx10'],
  },
  {
    rule: 'R10',
    how: 'a short window that is no twelfth',
    from: 'ratio_rate30m > 6',
    to: 'ratio_rate1h > 6',
    says: ['CancelSlowBudgetBurn', 'has 6hx6 1hx6'],
  },
  {
    rule: 'R10',
    how: 'a window nobody records',
    from: '"job:cancellation_latency_seconds:slow_ratio_rate3d"',
    to: '"x"',
    says: ['CancelSlowBudgetBurn', 'has 3dx1'],
  },
  {
    rule: 'R10',
    how: 'a burn rate too few',
    from: '"alert":"CancelSlowBudgetBurn"',
    to: '"alert":"X"',
    says: ['', 'no alert has 1hx14.4'],
  },
  {
    rule: 'R11',
    how: 'a bucket no histogram has',
    from: 'le=\\"0.5\\"',
    to: 'le=\\"0.3\\"',
    says: [SHARE, 'le="0.3"'],
  },
  { rule: 'R11', how: 'a bucket of whole seconds', from: 'le=\\"0.5\\"', to: 'le=\\"1\\"', says: [SHARE, 'le="1"'] },
  {
    rule: 'R12',
    how: 'an alert without a case',
    from: '"CancelStuck"',
    to: '"CancelNew"',
    says: ['CancelNew', 'fires in no case'],
  },
  {
    rule: 'R12',
    how: 'a record without a value',
    from: '"job_reason:',
    to: '"job_new:',
    says: ['job_new:cancellation_requests:rate5m', 'has a value in no case'],
  },
  {
    rule: 'R13',
    how: 'a second severity that nothing silences',
    from: '"alert":"CancelZombies"',
    to: '"alert":"CancelIgnored"',
    says: ['CancelIgnored', 'warns beside its own page'],
  },
  {
    rule: 'R14',
    how: 'a job by its name',
    from: `${PENDING} >`,
    to: `${PENDING}{job=\\"api\\"} >`,
    says: ['CancelStuck', 'job="api"'],
  },
];
