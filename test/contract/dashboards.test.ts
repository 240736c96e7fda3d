import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allDashboards, toFileText } from '../../dashboards/source/index.ts';
import { METRICS, type MetricDefinition } from '../../src/instrumentation/index.ts';
import {
  DASHBOARDS_FOLDER,
  everyPanel,
  everyTarget,
  labelsKeptIn,
  readDashboard,
  selectorsIn,
} from './dashboard-file.ts';
import { faultsOfGrid } from './grid-faults.ts';
import { complaintsAbout, hasPromtool } from './promtool.ts';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const UNITS = new Set(['ops', 'percentunit', 's', 'short']);
const LABELS_OF_SCRAPING = ['job', 'instance'];

/** Every series name Prometheus stores, with the metric it belongs to. */
const seriesNames = new Map<string, MetricDefinition>();
for (const metric of Object.values<MetricDefinition>(METRICS)) {
  const suffixes = metric.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  for (const suffix of suffixes) seriesNames.set(metric.prometheusName + suffix, metric);
}
const seriesKnown = [...seriesNames.keys()];

test('keeps one file for each generated dashboard, and no other', () => {
  const committed = readdirSync(DASHBOARDS_FOLDER).filter((name) => name.endsWith('.json'));

  expect(committed.toSorted()).toEqual([...allDashboards().keys()].toSorted());
});

describe.each([...allDashboards()])('%s', (file, generated) => {
  const dashboard = readDashboard(file);
  const shown = everyPanel(dashboard).filter((panel) => panel.type !== 'row');
  const targets = everyTarget(dashboard);
  const selectors = targets.flatMap(({ panel, target }) =>
    selectorsIn(target.expr).map((selector) => ({ ...selector, where: panel.title })),
  );

  test('is committed byte for byte as generated (D26)', () => {
    const committed = readFileSync(join(DASHBOARDS_FOLDER, file), 'utf8');

    expect(committed).toBe(toFileText(generated));
  });

  test('has a title, is named by its uid, and is not edited in place (D01, D02)', () => {
    expect(dashboard.title).not.toBe('');
    expect(file).toBe(`${dashboard.uid}.json`);
    expect(dashboard.editable).toBe(false);
    expect(Object.keys(dashboard)).not.toEqual(expect.arrayContaining(['id']));
    expect(Object.keys(dashboard)).not.toEqual(expect.arrayContaining(['__inputs']));
  });

  test('offers data source, job, instance and scope (D03, D04, D05)', () => {
    const [datasource, ...choices] = dashboard.templating.list;

    expect(datasource).toMatchObject({
      type: 'datasource',
      name: 'datasource',
      label: 'Data source',
      query: 'prometheus',
    });
    expect(choices.map(({ name, label }) => [name, label])).toEqual([
      ['job', 'Job'],
      ['instance', 'Instance'],
      ['scope', 'Scope'],
    ]);
    for (const choice of choices) {
      expect(choice).toMatchObject({ type: 'query', refresh: 2, multi: true, includeAll: true, allValue: '.+' });
      expect(choice.datasource).toEqual(DATASOURCE);
    }
  });

  test('fills its variables from metrics and labels of the table (D05, D15)', () => {
    for (const variable of dashboard.templating.list.slice(1)) {
      const query = typeof variable.query === 'string' ? variable.query : variable.query.query;
      const [, metric, label] = /^label_values\((\w+)(?:\{[^}]*\})?, (\w+)\)$/.exec(query) ?? [];
      const known = [...LABELS_OF_SCRAPING, ...(seriesNames.get(String(metric))?.labels ?? [])];

      expect(seriesKnown).toContain(metric);
      expect(known).toContain(label);
    }
  });

  test('asks the chosen data source everywhere (D06)', () => {
    for (const panel of shown) expect(panel.datasource, panel.title).toEqual(DATASOURCE);
    for (const { panel, target } of targets) expect(target.datasource, panel.title).toEqual(DATASOURCE);
  });

  test('explains every panel and gives it a unit (D07, D08)', () => {
    for (const panel of shown) {
      expect(panel.title).not.toBe('');
      expect(panel.description, panel.title).toMatch(/^[A-Z].*\.$/);
      expect(UNITS, panel.title).toContain(panel.fieldConfig?.defaults.unit);
    }
  });

  test('has one to four targets a panel, each a range query with its own letter (D09, D27)', () => {
    for (const panel of shown) {
      const letters = (panel.targets ?? []).map((target) => target.refId);

      expect(letters, panel.title).toEqual(['A', 'B', 'C', 'D'].slice(0, letters.length));
      expect(letters, panel.title).not.toHaveLength(0);
      for (const target of panel.targets ?? []) expect([target.range, target.instant === true]).toEqual([true, false]);
    }
  });

  test('names only metrics and labels of the table (D15)', () => {
    for (const { metric, matchers, where } of selectors) {
      const known = [...LABELS_OF_SCRAPING, ...(seriesNames.get(metric)?.labels ?? [])];

      expect(seriesKnown, where).toContain(metric);
      expect(known, where).toEqual(expect.arrayContaining(matchers.map(({ label }) => label)));
    }
    for (const { panel, target } of targets) {
      const found = selectorsIn(target.expr);
      const known = ['le', ...found.flatMap(({ metric }) => seriesNames.get(metric)?.labels ?? [])];
      const mentions = target.expr.match(/cancellation_\w+/g) ?? [];

      expect(known, panel.title).toEqual(expect.arrayContaining(labelsKeptIn(target.expr)));
      expect(
        found.map(({ metric }) => metric),
        panel.title,
      ).toEqual(mentions);
    }
  });

  test('narrows every selector by job, instance and, where there is one, scope (D12, D13)', () => {
    for (const { metric, matchers, where } of selectors) {
      const written = matchers.map(({ label, operator, value }) => `${label}${operator}${value}`);
      const wanted = ['job=~$job', 'instance=~$instance'];
      if (seriesNames.get(metric)?.labels.includes('scope')) wanted.push('scope=~$scope');

      expect(written, where).toEqual(expect.arrayContaining(wanted));
      expect(matchers.filter(({ value, operator }) => value.startsWith('$') && operator !== '=~')).toEqual([]);
    }
  });

  test('reads counters and buckets through rates over $__rate_interval, and gauges plainly (D11, D14)', () => {
    for (const { metric, before, after, where } of selectors) {
      const isGauge = seriesNames.get(metric)?.type === 'gauge';

      expect(/\b(rate|increase)\($/.test(before), where).toBe(!isGauge);
      expect(after.startsWith('[$__rate_interval])'), where).toBe(!isGauge);
    }
  });

  test('keeps le under a quantile (D16)', () => {
    const quantiles = targets.filter(({ target }) => target.expr.includes('histogram_quantile'));

    expect(quantiles).not.toHaveLength(0);
    for (const { panel, target } of quantiles) expect(labelsKeptIn(target.expr), panel.title).toContain('le');
  });

  test('divides by more than zero only (D17)', () => {
    const shares = targets.filter(({ target }) => target.expr.includes(' / '));

    expect(shares).not.toHaveLength(0);
    for (const { panel, target } of shares) expect(target.expr, panel.title).toMatch(/ \/ \(.* > 0\)$/);
  });

  test('shows exemplars only of metrics that have them (D19)', () => {
    const withExemplars = targets.filter(({ target }) => target.exemplar === true);

    expect(withExemplars).not.toHaveLength(0);
    for (const { target } of withExemplars) {
      for (const { metric } of selectorsIn(target.expr)) expect(seriesNames.get(metric)?.exemplars).toBe(true);
    }
  });

  test('feeds heatmaps with buckets by le (D20)', () => {
    for (const { target } of targets.filter(({ panel }) => panel.type === 'heatmap')) {
      expect(target).toMatchObject({ format: 'heatmap', legendFormat: '{{le}}' });
      expect(target.expr).toMatch(/^sum by \(le\) \((increase|rate)\(/);
    }
  });

  test('has ids of its own for all panels and rows (D23)', () => {
    const ids = everyPanel(dashboard).map((panel) => panel.id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBeGreaterThan(0);
  });

  test('fills its grid with neither overlap nor hole (D23)', () => {
    const grids = [dashboard.panels, ...dashboard.panels.map((row) => row.panels ?? [])];

    expect(grids.flatMap((panels) => faultsOfGrid(panels))).toEqual([]);
  });

  test('uses only variables it defines, and all of them (D24)', () => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const used = JSON.stringify([dashboard.panels, dashboard.templating]).match(/\$(?!__)\{?\w+/g) ?? [];

    expect(new Set(used.map((name) => name.replace(/^\$\{?/, '')))).toEqual(new Set(defined));
    for (const link of dashboard.links) expect(link).toMatchObject({ includeVars: true, keepTime: true });
  });

  test('takes thresholds in seconds from bucket boundaries (D25)', () => {
    const boundaries: readonly number[] = METRICS.latency.buckets;
    const limits = shown
      .filter((panel) => panel.fieldConfig?.defaults.unit === 's')
      .flatMap((panel) => panel.fieldConfig?.defaults.thresholds?.steps ?? [])
      .flatMap(({ value }) => value ?? []);

    expect(limits).not.toHaveLength(0);
    expect(boundaries).toEqual(expect.arrayContaining(limits));
  });

  test('opens with at most 15 panels and refreshes no more often than every 30 s (D27)', () => {
    const visible = dashboard.panels.filter((panel) => panel.type !== 'row');

    expect(visible.length).toBeLessThanOrEqual(15);
    expect(dashboard.refresh).toMatch(/^(30s|\d+m)$/);
  });

  test('names each of several series in the legend by a label it keeps (D28)', () => {
    for (const { panel, target } of targets) {
      const kept = labelsKeptIn(target.expr).filter((label) => label !== 'le' || panel.type === 'heatmap');
      const named = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]);

      expect(new Set(named), panel.title).toEqual(new Set(kept));
    }
  });

  test('has expressions Prometheus accepts (D10)', ({ skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    const complaints = complaintsAbout(targets.map(({ target }) => target.expr));

    expect(complaints).toBe('');
  });
});
