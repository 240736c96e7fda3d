import { describe, expect, test } from 'vitest';
import { announceLossyBoundary, EDGES_MAX } from '../../src/instrumentation/index.ts';
import { scopeInfo } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

const PROPAGATIONS = 'cancellation_propagations_total';

describe('boundaries over which cancels get lost', () => {
  test('have no series before a back end announces one (LO2)', () => {
    const { backend, monitor } = setUpMetrics();

    monitor.scopeOpened?.(scopeInfo('job'));

    expect(backend.seriesOf(PROPAGATIONS)).toEqual([]);
  });

  test('give each new scope name its counters of lost cancels at 0, so that the first burst shows (LO1)', () => {
    announceLossyBoundary('process');
    announceLossyBoundary('process');
    const { backend, monitor } = setUpMetrics();
    const counts = (): unknown[] =>
      ['job', '_OTHER'].flatMap((source) =>
        ['late', 'dropped'].map((result) => backend.counter(`${PROPAGATIONS}{${source},_OTHER,process,${result}}`)),
      );

    monitor.scopeOpened?.(scopeInfo('job'));
    const before = counts();
    const bindings = backend.bindings;
    for (const source of ['job', 'job', '_OTHER']) {
      monitor.propagated?.({ source, target: '_OTHER', boundary: 'process', result: 'dropped' });
    }

    expect(before).toEqual([0, 0, 0, 0]);
    expect(counts()).toEqual([0, 2, 0, 1]);
    expect(backend.bindings).toBe(bindings);
  });

  test('make no scope called _OTHER of those that are not known (LO1)', () => {
    announceLossyBoundary('process');
    const { backend, monitor } = setUpMetrics();

    monitor.propagated?.({ source: 'job', target: '_OTHER', boundary: 'process', result: 'dropped' });

    expect(backend.seriesOf('cancellation_scopes_opened_total')).toEqual(['cancellation_scopes_opened_total{job}']);
  });

  test('do not raise the bound of edges (CM1)', () => {
    announceLossyBoundary('process');
    const { backend, monitor } = setUpMetrics({ max: 2 * EDGES_MAX });

    for (let name = 0; name < 2 * EDGES_MAX; name++) monitor.scopeOpened?.(scopeInfo(`scope-${name}`));

    expect(backend.seriesOf(PROPAGATIONS)).toHaveLength(3 * (EDGES_MAX + 1));
  });
});
