/** Ways to break the rules of Prometheus in their names and texts, each against one rule of the checker. */

/** What is put in the place of what, in the rules as JSON, and what must be said of it. */
export interface RulesBreak {
  readonly rule: string;
  readonly how: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** Alert, record or group, and the message. */
  readonly says: readonly [name: string, message: string];
}

const LONG_NAME = `Cancel${'Slow'.repeat(10)}`;

export const NAME_BREAKS: readonly RulesBreak[] = [
  {
    rule: 'R02',
    how: 'a level that is not kept',
    from: '"job_reason:',
    to: '"job_scope:',
    says: ['job_scope:cancellation_requests:rate5m', 'its labels are job, reason'],
  },
  {
    rule: 'R02',
    how: 'a metric nobody knows',
    from: ':cancellation_requests:',
    to: ':cancels:',
    says: ['job_reason:cancels:rate5m', 'cancels is no metric'],
  },
  {
    rule: 'R02',
    how: 'another window',
    from: 'requests:rate5m',
    to: 'requests:rate1h',
    says: ['job_reason:cancellation_requests:rate1h', 'reads 5m'],
  },
  {
    rule: 'R02',
    how: 'no operation',
    from: 'requests:rate5m',
    to: 'requests',
    says: ['job_reason:cancellation_requests', 'is not named level:metric:operations'],
  },
  {
    rule: 'R03',
    how: 'a record of another group',
    from: '_count:rate1h > 0',
    to: '_count:rate1d > 0',
    says: ['job:cancellation_latency_seconds:slow_ratio_rate1h', 'which is of another group'],
  },
  {
    rule: 'R03',
    how: 'a group that is late',
    from: '"interval":"2m"',
    to: '"interval":"10m"',
    says: ['cancelscope-slow-long', 'is evaluated every 10m'],
  },
  {
    rule: 'R04',
    how: 'a record that is there twice',
    from: 'job:cancellation_latency_seconds_count:rate1h"',
    to: 'job:cancellation_latency_seconds_count:rate5m"',
    says: ['job:cancellation_latency_seconds_count:rate5m', 'is there twice'],
  },
  {
    rule: 'R04',
    how: 'an alert that is there twice',
    from: '"severity":"critical","window":"6h"',
    to: '"severity":"critical","window":"1h"',
    says: ['CancelSlowBudgetBurn', 'is there twice'],
  },
  {
    rule: 'R05',
    how: 'a name in the wrong case',
    from: '"CancelSlow"',
    to: '"cancel_slow"',
    says: ['cancel_slow', 'is not CamelCase'],
  },
  {
    rule: 'R05',
    how: 'a long name',
    from: '"CancelSlow"',
    to: `"${LONG_NAME}"`,
    says: [LONG_NAME, 'is not CamelCase of 40'],
  },
  {
    rule: 'R05',
    how: 'a group with a long name',
    from: '"cancelscope-cancels"',
    to: `"cancelscope-${'cancels'.repeat(5)}"`,
    says: [`cancelscope-${'cancels'.repeat(5)}`, 'has a long name'],
  },
  {
    rule: 'R06',
    how: 'a severity nobody routes',
    from: '"severity":"info"',
    to: '"severity":"page"',
    says: ['CancelIgnored', 'has the severity page'],
  },
  {
    rule: 'R06',
    how: 'a label that changes',
    from: '"window":"1h"',
    to: '"window":"{{ $value }}"',
    says: ['CancelSlowBudgetBurn', 'has the label window={{ $value }}'],
  },
  {
    rule: 'R07',
    how: 'a summary with a template',
    from: 'Cancelled work does',
    to: '{{ $value }} does',
    says: ['CancelStuck', 'has the summary'],
  },
  {
    rule: 'R07',
    how: 'a description that never changes',
    from: /"Monitor [^"]*"/,
    to: '"Monitors fail."',
    says: ['MonitorErrors', 'has the description'],
  },
  {
    rule: 'R07',
    how: 'a runbook there is not',
    from: 'runbooks/CancelStuck.md',
    to: 'runbooks/Stuck.md',
    says: ['CancelStuck', 'leads to dashboards/runbooks/Stuck.md'],
  },
  {
    rule: 'R07',
    how: 'a dashboard there is not',
    from: '/d/cancelscope-slo',
    to: '/d/cancelscope-slow',
    says: ['CancelSlowBudgetBurn', 'leads to /d/cancelscope-slow'],
  },
  {
    rule: 'R08',
    how: 'a label there is not',
    from: '{{ $labels.scope }}',
    to: '{{ $labels.reason }}',
    says: ['CancelSlow', 'has no label reason'],
  },
  {
    rule: 'R08',
    how: 'a plain share',
    from: '$value | humanizePercentage',
    to: '$value',
    says: ['CancelSlow', 'not by humanizePercentage'],
  },
  {
    rule: 'R08',
    how: 'plain seconds',
    from: '| humanizeDuration',
    to: '| humanize',
    says: ['CancelStuck', 'not by humanizeDuration'],
  },
];
