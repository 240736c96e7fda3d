import { describe, expect, test } from 'vitest';
import { divisorsIn, expressionOf, isAboveZero } from '../../dashboards/check/promql/expression.ts';

const ZOMBIES = 'cancellation_zombies';
const LATENCY = 'cancellation_latency_seconds_bucket';

describe('expressionOf', () => {
  test('reads every selector with its matchers, its window as written and the function around it', () => {
    const { selectors } = expressionOf(`sum(rate(${LATENCY}{job=~"$job",le!="0.5"}[$__rate_interval])) / ${ZOMBIES}`);

    expect(selectors).toEqual([
      {
        metric: LATENCY,
        matchers: [
          { label: 'job', operator: '=~', value: '$job' },
          { label: 'le', operator: '!=', value: '0.5' },
        ],
        window: '$__rate_interval',
        inside: 'rate',
      },
      { metric: ZOMBIES, matchers: [], window: undefined, inside: undefined },
    ]);
  });

  test('tells a macro from the same length of time written out (MA1)', () => {
    const windows = ['[$__range]', '[1h]', '[5m]', '[$__interval]'].map(
      (window) => expressionOf(`rate(${LATENCY}${window})`).selectors[0]?.window,
    );

    expect(windows).toEqual(['$__range', '1h', '5m', '$__interval']);
  });

  test('puts in the value of a variable outside strings, and leaves it inside (MA2)', () => {
    const { text, faults } = expressionOf(`${ZOMBIES}{scope="$limit"} > $limit`, new Map([['limit', '0.5']]));

    expect({ text, faults }).toEqual({ text: `${ZOMBIES}{scope="$limit"} > 0.5`, faults: [] });
  });

  test('says where it cannot go on', () => {
    expect(expressionOf(`sum(${ZOMBIES}`).faults).not.toEqual([]);
    expect(expressionOf(`${ZOMBIES} > $nothing`).faults).not.toEqual([]);
    expect(expressionOf(`sum(${ZOMBIES})`).faults).toEqual([]);
  });
});

describe('the labels an expression yields', () => {
  test.each([
    [ZOMBIES, ['instance', 'job', 'scope']],
    [`sum(${ZOMBIES})`, []],
    [`sum by (scope) (${ZOMBIES})`, ['scope']],
    [`sum without (instance) (${ZOMBIES})`, ['job', 'scope']],
    [`topk(3, ${ZOMBIES})`, ['instance', 'job', 'scope']],
    [`rate(${LATENCY}[5m])`, ['instance', 'job', 'le', 'reason', 'scope']],
    [`histogram_quantile(0.9, sum by (le, scope) (rate(${LATENCY}[5m])))`, ['scope']],
    [`label_join(sum by (scope) (${ZOMBIES}), "id", "-", "scope")`, ['id', 'scope']],
    [`1 - (sum by (job) (${ZOMBIES}))`, ['job']],
    [`sum by (job) (${ZOMBIES}) or sum by (scope) (${ZOMBIES})`, ['job', 'scope']],
    [`-sum by (job) (${ZOMBIES} offset 5m) > 0`, ['job']],
    ['vector(0)', []],
  ])('of %s are %j', (expr, labels) => {
    expect(expressionOf(expr).yields?.toSorted()).toEqual(labels);
  });

  test('are not known where a series is not (Y1)', () => {
    expect(expressionOf('somebody_elses_metric').yields).toBeUndefined();
    expect(expressionOf('sum without (job) (somebody_elses_metric)').yields).toBeUndefined();
    expect(expressionOf('sum by (job) (somebody_elses_metric)').yields).toEqual(['job']);
  });
});

test('a division is guarded by a comparison with 0 around all it divides by', () => {
  const guards = [`1 / (${ZOMBIES} > 0)`, `1 / (${ZOMBIES} >= 0)`, `1 / ${ZOMBIES} > 0`, '1 / (1 - 0.9)'].map((expr) =>
    divisorsIn(expressionOf(expr).root).map(isAboveZero),
  );

  expect(guards).toEqual([[true], [false], [false], []]);
});
