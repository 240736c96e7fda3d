import { describe, expect, test } from 'vitest';
import { ALERT_NAMES } from '../../dashboards/source/alerts.ts';
import { buckets, handedOn, perSecond, shareHandedOn, total } from '../../dashboards/source/query.ts';
import { burnRate, SLOW_CHOICES } from '../../dashboards/source/slow-budget.ts';
import { METRICS } from '../../src/instrumentation/index.ts';
import { BURN_RATES } from '../../src/cli/rules/index.ts';
import { asAsked, everyPanel, everyTarget, panelOf, readDashboard } from './dashboard-file.ts';

const CHOSEN = 'job=~"$job",instance=~"$instance"';

describe('a query', () => {
  test('names job and instance, and scope and source thread where the metric has them (Q1)', () => {
    expect(total('tokensActive').expr).toBe(`sum(cancellation_tokens_active{${CHOSEN}})`);
    expect(total('zombies').expr).toBe(`sum(cancellation_zombies{${CHOSEN},scope=~"$scope"})`);
    expect(perSecond('requests').expr).toContain('source_thread=~"$source_thread"');
  });

  test('reads what counts as a rate, over the interval or the whole time (Q2)', () => {
    expect(perSecond('slow').expr).toMatch(/^sum\(rate\(cancellation_slow_total\{.*\}\[\$__rate_interval\]\)\)$/);
    expect(perSecond('slow', { over: '$__range' }).expr).toMatch(/\[\$__range\]\)\)$/);
    expect(buckets('latency').expr).toMatch(/^sum by \(le\) \(increase\(/);
  });

  test('counts an edge once, whichever of its ends was chosen (Q4)', () => {
    const edge = 'sum by (source, target, boundary) (rate(cancellation_propagations_total';

    const { expr, legend } = handedOn({ by: ['boundary'] });

    expect(legend).toBe('{{boundary}}');
    expect(expr).toBe(
      `sum by (boundary) (${edge}{${CHOSEN},source=~"$scope"}[$__rate_interval]))` +
        ` or ${edge}{${CHOSEN},target=~"$scope"}[$__rate_interval])))`,
    );
  });

  test('says 0 of a share whose part was never counted (Q3)', () => {
    expect(shareHandedOn({ by: ['source'], part: { result: 'dropped' } }).expr).toMatch(/ or .* \* 0\) \/ \(.* > 0\)$/);
  });
});

test('the budget leaves out cancels of shutdowns and signals (SB1), and reads the threshold as a bucket (SB2)', () => {
  const { expr } = burnRate('1h');

  expect(expr).toContain('reason!~"shutdown|signal"');
  expect(expr).toContain('le="$slow"');
  for (const choice of SLOW_CHOICES) {
    expect(METRICS.latency.buckets).toContain(choice);
    expect(Number.isInteger(choice)).toBe(false);
  }
});

test('the SLO dashboard shows every window an alert reads', () => {
  const windows = everyTarget(readDashboard('cancelscope-slo.json')).flatMap(({ target }) =>
    Array.from(target.expr.matchAll(/\[(\d+\w)\]/g), (match) => match[1]),
  );

  expect(new Set(windows)).toEqual(new Set(BURN_RATES.flatMap(({ long, short }) => [long, short])));
});

test('the overview counts every alert there is', () => {
  const [target] = everyTarget(readDashboard('cancelscope-overview.json'));

  expect(ALERT_NAMES.length).toBeGreaterThan(5);
  expect(target?.target.expr).toContain(`alertname=~"${ALERT_NAMES.join('|')}"`);
});

test('every metric is shown on some dashboard, in a panel', () => {
  const dashboards = ['overview', 'flow', 'scope', 'slo'].map((name) => readDashboard(`cancelscope-${name}.json`));
  const shown = dashboards.flatMap((dashboard) => everyTarget(dashboard).map(({ target }) => target.expr)).join('\n');

  const missing = Object.values(METRICS).filter(({ prometheusName }) => !shown.includes(prometheusName));

  expect(missing).toEqual([]);
});

describe('what stands between answers and a panel', () => {
  const dashboards = ['overview', 'flow', 'scope', 'slo'].map((name) => readDashboard(`cancelscope-${name}.json`));

  test('drops the time first wherever answers are merged (NG3, TB1)', () => {
    const merging = dashboards
      .flatMap(everyPanel)
      .flatMap(({ transformations = [] }) =>
        transformations.some(({ id }) => id === 'merge') ? [transformations] : [],
      );

    expect(merging.length).toBeGreaterThan(2);
    for (const [first] of merging) expect(first?.options).toMatchObject({ excludeByName: { Time: true } });
  });

  test('gives a node graph fields of the names it looks for by calculating, never by renaming (NG1)', () => {
    const { transformations = [] } = panelOf(readDashboard('cancelscope-flow.json'), 'Flow of cancels');

    const named = transformations.map(({ id, options }) => ({
      id,
      ...(options as { alias?: string; renameByName?: object }),
    }));

    expect(named.filter(({ id }) => id === 'calculateField').map(({ alias }) => alias)).toEqual([
      'mainstat',
      'secondarystat',
    ]);
    expect(named.flatMap(({ renameByName = {} }) => Object.keys(renameByName))).toEqual([]);
  });

  test('gives a node graph edges alone (NG2)', () => {
    const { targets = [] } = panelOf(readDashboard('cancelscope-flow.json'), 'Flow of cancels');

    expect(targets.map(({ refId }) => refId)).toEqual(['A', 'B']);
    for (const { expr } of targets) expect(expr).toMatch(/^label_join\(.*, "id", "->", "source", "target"\)$/);
  });
});

describe('a row of panels', () => {
  test('takes the whole width, has ids of its own, and takes no room while it is folded (L1, L2, L3)', () => {
    const { panels } = readDashboard('cancelscope-scope.json');
    const [folded, next] = panels.filter(({ collapsed }) => collapsed === true);

    const inside = folded?.panels ?? [];
    const widths = new Map<number, number>();
    for (const { gridPos } of inside) widths.set(gridPos.y, (widths.get(gridPos.y) ?? 0) + gridPos.w);

    expect(new Set(widths.values())).toEqual(new Set([24]));
    expect(next?.gridPos.y).toBe((folded?.gridPos.y ?? 0) + 1);
    expect(new Set([folded?.id, next?.id, ...inside.map(({ id }) => id)]).size).toBe(inside.length + 2);
  });
});

describe('a query is asked as Grafana asks it:', () => {
  const slo = readDashboard('cancelscope-slo.json');
  const [budgetLeft = ''] = everyTarget(slo).map(({ target }) => target.expr);

  test('with the value for All where nothing is chosen, and with what is not for several as it is', () => {
    const asked = asAsked(slo, budgetLeft);

    expect(asked).toContain('job=~".+",instance=~".+",scope=~".+"');
    expect(asked).toContain('le="0.5"}[1h]');
    expect(asked).toMatch(/ \/ \(1 - 0\.99\)$/);
    expect(asAsked(slo, budgetLeft, { slow: '2.5' })).toContain('le="2.5"}');
  });

  test('with one value, escaped as a regular expression in a string', () => {
    const asked = asAsked(slo, budgetLeft, { scope: 'get:/v1.0/{id}', job: 'a\\b' });

    expect(asked).toContain(String.raw`job=~"a\\\\b",instance=~".+",scope=~"get:/v1\\.0/\\{id\\}"`);
  });

  test('with several as alternatives, each escaped', () => {
    const asked = asAsked(slo, budgetLeft, { scope: ['v1.0', 'a|b'], job: ['api'] });

    expect(asked).toContain(String.raw`job=~"api",instance=~".+",scope=~"(v1\\.0|a\\|b)"`);
  });

  test('with windows as long as they are told', () => {
    const asked = asAsked(
      slo,
      'rate(x[$__rate_interval]) / rate(x[$__range])',
      {},
      { rateInterval: '4s', range: '6h' },
    );

    expect(asked).toBe('rate(x[4s]) / rate(x[6h])');
  });
});
