import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  LABELS,
  type LabelName,
  type MetricDefinition,
  METRICS,
  SCOPE_NAMES_MAX,
  VERSION,
} from '../../src/instrumentation/index.ts';
import { sendEveryEvent } from '../support/every-event.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

const table: readonly (readonly [string, MetricDefinition])[] = Object.values(METRICS).map((metric) => [
  metric.prometheusName,
  metric,
]);
const histograms = table.filter(([, { type }]) => type === 'histogram');

describe('names (N1)', () => {
  test.each(table)('%s is called the same in OpenTelemetry, without unit and _total', (name, { otelName }) => {
    const bare = name.replace(/_total$/, '').replace(/_seconds$/, '');

    expect(otelName).toBe(bare.replace(/^cancellation_/, 'cancellation.'));
  });

  test.each(table)('%s ends in _total if it counts, and only then', (name, { type }) => {
    expect(name.endsWith('_total')).toBe(type === 'counter');
  });

  test.each(table)('%s is no gauge of unit 1, which translators call a ratio (N1)', (_, { type, unit }) => {
    expect(type === 'gauge' && unit === '1').toBe(false);
  });

  test.each(table)('%s says seconds if that is its unit, and only then', (name, { unit }) => {
    expect(/_seconds(_total)?$/.test(name)).toBe(unit === 's');
  });

  test('are given once', () => {
    expect(new Set(table.map(([name]) => name)).size).toBe(table.length);
    expect(new Set(table.map(([, { otelName }]) => otelName)).size).toBe(table.length);
  });
});

describe('labels (N2)', () => {
  test.each(table)('of %s are of the closed list', (_name, { labels }) => {
    expect(Object.keys(LABELS)).toEqual(expect.arrayContaining([...labels]));
    expect(new Set(labels).size).toBe(labels.length);
  });

  test('are no ids, messages, paths or urls', () => {
    const unbounded = /(^|_)(id|message|path|url|token|trace|span|pid|error)(_|$)/;

    expect(Object.keys(LABELS).filter((label) => unbounded.test(label))).toEqual([]);
  });

  test('have few values whatever comes in, and only those of their set if it is closed', () => {
    const names = Array.from({ length: 1_000 }, (_, serial) => `name-${serial}`);
    const { backend, monitor } = setUpMetrics({
      sources: { monitorEvents: () => names.map((name) => ({ monitor: name, result: 'ok', count: 1 })) },
    });

    for (const name of names) {
      sendEveryEvent(monitor, name);
      monitor.cancelRequested?.({
        token: { id: name, name },
        reason: name as 'manual',
        result: 'accepted',
        sourceThread: name,
        cause: undefined,
      });
      monitor.clientDisconnected?.({ method: name, phase: 'streaming' });
    }

    for (const [label, seen] of valuesByLabel(backend.seriesOf)) {
      const allowed: readonly string[] = LABELS[label] ?? [...seen];
      expect(seen.size, label).toBeLessThanOrEqual(SCOPE_NAMES_MAX + 1);
      expect(allowed, label).toEqual(expect.arrayContaining([...seen]));
    }
  });
});

describe('buckets (N3)', () => {
  test.each(histograms)('of %s rise', (_name, { buckets = [] }) => {
    const rising = [...new Set(buckets)].sort((left, right) => left - right);

    expect(buckets).toEqual(rising);
    expect(buckets.length).toBeGreaterThan(0);
  });

  test('are of histograms only', () => {
    const bucketed = table.filter(([, { buckets }]) => buckets !== undefined);

    expect(bucketed).toEqual(histograms);
  });

  test.each([METRICS.latency, METRICS.acknowledge, METRICS.scopeDuration, METRICS.shield])(
    'of $prometheusName have the boundaries alerts name, none a whole number',
    ({ buckets }) => {
      expect(buckets).toEqual(expect.arrayContaining([0.25, 0.5, 2.5]));
    },
  );
});

test('the version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };

  expect(VERSION).toBe(version);
});

/** Every value each label was given, taken from the series of all metrics. */
function valuesByLabel(seriesOf: (name: string) => readonly string[]): Map<LabelName, Set<string>> {
  const found = new Map<LabelName, Set<string>>();
  for (const [name, { labels }] of table) {
    for (const series of seriesOf(name)) {
      const values = series.replace(/^\w+\{(.*)\}$/, '$1').split(',');
      labels.forEach((label, index) => found.set(label, (found.get(label) ?? new Set()).add(values[index] ?? '')));
    }
  }
  return found;
}
