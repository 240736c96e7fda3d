import { describe, expect, test } from 'vitest';
import {
  type AlertRule,
  LATENCY,
  NEAR_DEADLINE,
  PENDING_AGE,
  type RecordingRule,
  ruleGroups,
  TIMER_LAG,
} from '../../../src/cli/rules/index.ts';
import { toYaml } from '../../../src/cli/rules/yaml.ts';
import { METRICS } from '../../../src/instrumentation/index.ts';

const rules = ruleGroups().flatMap((group) => group.rules);
const records = rules.filter((rule): rule is RecordingRule => 'record' in rule);
const alerts = rules.filter((rule): rule is AlertRule => 'alert' in rule);
/** The longest a shutdown drains under Kubernetes' defaults, twice. */
const DRAIN_SECONDS = 60;

describe('recording rules', () => {
  test('add up without naming what they keep (EX1)', () => {
    for (const { expr } of records) expect(expr).not.toMatch(/\bby \(/);
  });

  test('are named by what they keep (EX2)', () => {
    for (const { record, expr } of records.filter(({ expr }) => expr.startsWith('sum without'))) {
      const level = record.split(':', 1)[0]?.split('_') ?? [];
      const dropped = /^sum without \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];

      expect(level).toContain('job');
      for (const label of dropped) expect(level).not.toContain(label);
    }
  });

  test('leave shutdowns out of what counts as slow (RR1)', () => {
    const slow = records.filter(({ record }) => record.includes(':slow_ratio_'));

    expect(slow).not.toHaveLength(0);
    for (const { expr } of slow) expect(expr).toContain('reason!~"shutdown|signal"');
  });

  test('divide by more than zero (RR2)', () => {
    const shares = records.filter(({ record }) => record.includes('_ratio_rate'));

    for (const { expr } of shares) expect(expr).toMatch(/\/ \(\S+ > 0\)$/);
  });

  test('read what stands above them (RR3)', () => {
    for (const group of ruleGroups()) {
      const above = new Set<string>();
      for (const rule of group.rules.filter((each) => 'record' in each)) {
        const read = rule.expr.match(/\bjob\w*:[\w:]+/g) ?? [];

        expect([...above]).toEqual(expect.arrayContaining(read));
        above.add(rule.record);
      }
    }
  });
});

describe('alerts', () => {
  test('on a share need more than a few cases (AL1)', () => {
    const shares = alerts.filter(({ expr }) => expr.includes('_ratio_rate'));

    expect(shares).not.toHaveLength(0);
    for (const { expr } of shares) expect(expr).toMatch(/\nand\n\S+_ratio_rate\w+ \* \S+ \* \d+ > 5$/);
  });

  test('page for a budget that burns, and for nothing else (AL2)', () => {
    const paging = alerts.filter(({ labels }) => labels['severity'] === 'critical').map(({ alert }) => alert);

    expect(new Set(paging)).toEqual(new Set(['CancelSlowBudgetBurn']));
  });

  test('let a shutdown drain (AL3)', () => {
    const stuck = alerts.find(({ alert }) => alert === 'CancelStuck');

    expect(stuck?.for).toBe('1m');
    expect(PENDING_AGE.bad + 60).toBeGreaterThan(DRAIN_SECONDS);
  });
});

test('thresholds are boundaries an alert may name (TH1)', () => {
  const named: [readonly number[], number][] = [
    [METRICS.latency.buckets, LATENCY.warn],
    [METRICS.latency.buckets, LATENCY.bad],
    [METRICS.deadlineLag.buckets, TIMER_LAG.bad],
    [METRICS.deadlineUsed.buckets, NEAR_DEADLINE],
  ];

  for (const [buckets, value] of named) {
    expect(buckets).toContain(value);
    expect(value).not.toBe(Math.round(value));
  }
});

test('every value of the file is quoted or a block (YA1)', () => {
  const text = toYaml(
    [
      {
        name: 'g',
        rules: [
          { alert: 'A', expr: 'a{b="c: #d"}\n> 0', labels: { n: 'no', q: `it's` }, annotations: { b: `"it's"` } },
        ],
      },
    ],
    ['Hello.'],
  );

  expect(text).toBe(`# Hello.
groups:
  - name: g
    rules:
      - alert: A
        expr: |-
          a{b="c: #d"}
          > 0
        labels:
          n: 'no'
          q: "it's"
        annotations:
          b: '"it''s"'
`);
});
