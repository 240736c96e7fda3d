import { describe, expect, test } from 'vitest';
import { METRICS, type Monitor } from '../../src/instrumentation/index.ts';
import { InvalidArgumentError } from '../../src/token/index.ts';
import { sendEveryEvent } from '../support/every-event.ts';
import { causeOf, scopeInfo, settled } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';

/** Two scopes of one name: one is cancelled, with every event there is; the other completes in time. */
function liveTwice(monitor: Monitor, name: string): void {
  sendEveryEvent(monitor, name);
  monitor.scopeSettled?.(scopeInfo(name, { deadline: 100 }), settled('completed', 90));
}

describe('the metrics of the table', () => {
  test.each(Object.values(METRICS).map((metric) => [metric.prometheusName]))('feeds %s', (name) => {
    const { backend, monitor } = setUpMetrics();

    liveTwice(monitor, 'load-report');

    expect(backend.seriesOf(name)).not.toHaveLength(0);
  });

  test('drops nothing of a well-behaved life', () => {
    const { monitor, dropped } = setUpMetrics();

    sendEveryEvent(monitor, 'load-report');

    expect(dropped()).toBe(0);
  });
});

describe('samples that are no numbers', () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1])('drops and counts %s', (instant) => {
    const { backend, monitor, dropped } = setUpMetrics();
    const scope = scopeInfo('job');

    monitor.scopeSettled?.(scope, settled('completed', instant));
    monitor.deadlineFired?.(scope, { dueAt: 0, firedAt: instant, reason: 'timeout' });
    monitor.shieldLeft?.(scope, { deferredMs: instant });
    monitor.zombieEnded?.(scope, { requestedAt: 0, abandonedAt: 0, endedAt: instant, result: 'returned' });
    monitor.tokenCancelled?.({ token: { id: 't1', name: 't' }, cause: causeOf('manual'), targets: instant });

    const recorded = Object.values(METRICS)
      .filter((metric) => metric.type === 'histogram')
      .flatMap((metric) => backend.seriesOf(metric.prometheusName))
      .flatMap((series) => backend.samples(series));
    expect(recorded).toEqual([]);
    expect(backend.counter('cancellation_wasted_seconds_total{job,after_cancel}')).toBe(0);
    expect(dropped()).toBe(5);
  });
});

describe('hostile scope names', () => {
  const withScope = Object.values(METRICS).filter(({ labels }) => labels.includes('scope' as never));

  test.each(withScope.map((metric) => [metric.prometheusName]))('give %s one value more than the bound', (name) => {
    const { backend, monitor } = setUpMetrics({ max: 10 });

    for (let i = 0; i < 1_000; i++) liveTwice(monitor, `"\n${i}`);

    const names = backend.seriesOf(name).map((series) => /^(?:\w+\{)?([^,}]*)/.exec(series)?.[1]);
    expect(new Set(names).size).toBeLessThanOrEqual(11);
    expect(names).toContain('_OTHER');
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a bound of %s and names the option', (max) => {
    const act = (): unknown => setUpMetrics({ max });

    expect(act).toThrow(InvalidArgumentError);
    expect(act).toThrow('scopeNames.max');
  });
});
