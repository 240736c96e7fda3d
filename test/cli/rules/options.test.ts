import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleGroups, rulesFile } from '../../../src/cli/rules/index.ts';
import { METRICS } from '../../../src/instrumentation/index.ts';
import { InvalidArgumentError } from '../../../src/token/index.ts';

function refusal(options: object): InvalidArgumentError {
  try {
    rulesFile(options);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** The rules; `undefined` when the selector is refused as it should be. */
function rulesOrRefusal(selector: string): string | undefined {
  try {
    return rulesFile({ selector });
  } catch (error) {
    if (error instanceof InvalidArgumentError && error.argument === 'selector') return undefined;
    throw error;
  }
}

describe('slow', () => {
  test.each([
    ['1ms', '0.001'],
    ['50ms', '0.05'],
    ['250ms', '0.25'],
    ['0.25s', '0.25'],
    ['2.5s', '2.5'],
    ['2500ms', '2.5'],
  ])('%s is the bucket %s', (slow, le) => {
    const rules = rulesFile({ slow });

    expect(rules).toContain(`le="${le}"`);
    expect(rules).toContain(`took longer than ${slow}`);
  });

  test.each([
    ['400ms', '250ms and 500ms'],
    ['1s', '500ms and 2500ms'],
    ['5s', 'nearest: 2500ms'],
    ['0ms', 'nearest: 1ms'],
    ['1000000s', 'nearest: 2500ms'],
  ])('%s is refused, naming %s (RO1)', (slow, nearest) => {
    expect(refusal({ slow })).toMatchObject({ argument: 'slow', message: expect.stringContaining(nearest) });
  });

  test.each(['', 'soon', '500', '500 ms', '-5ms', '.5s', '5m', '1e3ms', 500, null, ['500ms']])(
    '%j is no length',
    (slow) => {
      expect(refusal({ slow })).toMatchObject({
        argument: 'slow',
        message: expect.stringContaining("'500ms' or '2.5s'"),
      });
    },
  );

  test('takes every boundary that is no whole number (RO1)', () => {
    const boundaries = METRICS.latency.buckets.filter((boundary) => !Number.isInteger(boundary));

    for (const boundary of boundaries) expect(rulesFile({ slow: `${boundary}s` })).toContain(`le="${boundary}"`);
  });
});

describe('objective', () => {
  test.each([
    [0.94, '0.06', '94 %', '6 %'],
    [0.95, '0.05', '95 %', '5 %'],
    [0.999, '0.001', '99.9 %', '0.1 %'],
    [0.9999, '0.0001', '99.99 %', '0.01 %'],
  ])('%d leaves a budget of %s', (objective, budget, percent, allowed) => {
    const rules = rulesFile({ objective });

    expect(rules).toContain(` > 14.4 * ${budget}\n`);
    expect(rules).toContain(`the objective of ${percent} allows ${allowed}.`);
  });

  test.each([1, 0, 0.9, 0.93, 99, -1, Number.NaN, '0.99', null])('%j is refused (RO2)', (objective) => {
    expect(refusal({ objective })).toMatchObject({ argument: 'objective', message: expect.stringContaining('0.94') });
  });

  test('the least one can still be missed 14.4 times too fast (RO2)', () => {
    expect(14.4 * (1 - 0.94)).toBeLessThan(1);
  });
});

describe('selector', () => {
  test.each([
    ['job="api"', 'job="api"'],
    [' job = "api" , env=~"prod|stage", ', 'job="api",env=~"prod|stage"'],
    [`job='a"b'`, `job='a"b'`],
    [String.raw`path=~"\\d+"`, String.raw`path=~"\\d+"`],
    ['job!~"test.*"', 'job!~"test.*"'],
  ])('%s goes into every series that is read (EX3)', (selector, written) => {
    const expressions = ruleGroups({ selector }).flatMap(({ rules }) => rules.map(({ expr }) => expr));

    for (const expr of expressions) {
      const named = expr.match(/\b(?:up|(?:job\w*:)?cancellation_[\w:]+)\b(?! \|)/g) ?? [];
      expect(expr.split(`{${written}`), expr).toHaveLength(named.length + 1);
    }
  });

  test.each([
    '{job="api"}',
    'job',
    'job=api',
    'job="api" env="prod"',
    'job="api"}) or vector(1',
    String.raw`job="\d"`,
    'job=~"("',
    'job=~"(?=a)"',
    String.raw`job=~"(a)\\1"`,
    'job=="api"',
    '1job="api"',
    ',',
    7,
    null,
  ])('%j is refused (RO4)', (selector) => {
    expect(refusal({ selector })).toMatchObject({
      argument: 'selector',
      message: expect.stringContaining('job="api"'),
    });
  });

  test.each([
    'scope="fetch"',
    'reason!="timeout"',
    'le="0.5"',
    '__name__="x"',
    'job="a",instance="b"',
    'pod=~"api-.*"',
  ])('%s would silence rules, and is refused (RO3)', (selector) => {
    expect(refusal({ selector })).toMatchObject({
      argument: 'selector',
      message: expect.stringContaining('is not one'),
    });
  });

  test('no text gets out of its braces (RO4)', () => {
    const wellQuoted = /^job(?:=|!=)(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')$/;
    const matcher = fc
      .tuple(fc.constantFrom('=', '!='), fc.constantFrom('"', "'"), fc.stringMatching(/^[a"'\\{}(), \n]{0,8}$/))
      .map(([operator, quote, text]) => `job${operator}${quote}${text}${quote}`);
    let accepted = 0;

    fc.assert(
      fc.property(matcher, (selector) => {
        const rules = rulesOrRefusal(selector);
        if (rules === undefined) return;
        accepted++;
        expect(/cancellation_zombies\{(.*)\}\) >= /.exec(rules)?.[1]).toMatch(wellQuoted);
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe('processLabels', () => {
  test('are added up over, besides the instance', () => {
    const rules = rulesFile({ processLabels: ['host', 'instance', 'worker_id'] });

    expect(rules).toContain('sum without (instance, host, worker_id, ');
    expect(rules).not.toContain('pod');
  });

  test('may be none', () => {
    expect(rulesFile({ processLabels: [] })).toContain('sum without (instance, reason)');
  });

  test.each([['job'], ['scope'], ['le'], ['a b'], [''], ['a) or (b'], [7], 'pod', null])(
    '%j is refused (RO4)',
    (labels) => {
      const processLabels =
        Array.isArray(labels) || typeof labels !== 'string' ? labels : labels === 'pod' ? labels : [labels];

      expect(refusal({ processLabels })).toMatchObject({ argument: 'processLabels' });
    },
  );
});

describe('links', () => {
  test('start where they are told', () => {
    const rules = rulesFile({
      runbookUrl: 'https://wiki.example.com/x/',
      dashboardUrl: 'https://grafana.example.com/grafana',
    });

    expect(rules).toContain("runbook_url: 'https://wiki.example.com/x/CancelStuck.md'");
    expect(rules).toContain("dashboard_url: 'https://grafana.example.com/grafana/d/cancelscope-slo?var-job=");
  });

  test.each(['javascript:alert(1)', 'https://a.example/?q=1', '{{ $value }}', "it's", 'a b', 'a\nb', 7])(
    '%j is no place (RO4)',
    (place) => {
      expect(refusal({ runbookUrl: place })).toMatchObject({ argument: 'runbookUrl' });
      expect(refusal({ dashboardUrl: place })).toMatchObject({ argument: 'dashboardUrl' });
    },
  );
});
