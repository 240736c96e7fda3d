import { describe, expectTypeOf, test } from 'vitest';
import { type Query, perSecond, quantile, share, total } from '../../dashboards/source/query.ts';

describe('a dashboard query', () => {
  test('takes the labels its metric has', () => {
    expectTypeOf(perSecond('requests', { by: ['reason'], where: { result: 'accepted' } })).toEqualTypeOf<Query>();
  });

  test('refuses a label its metric does not have', () => {
    // @ts-expect-error -- requests has no scope label
    perSecond('requests', { by: ['scope'] });
    // @ts-expect-error -- zombies has no reason label
    total('zombies', { where: { reason: 'timeout' } });
    // @ts-expect-error -- deadlineLag has no label at all
    quantile(0.5, 'deadlineLag', { by: ['scope'] });
  });

  test('refuses a value outside a closed set', () => {
    // @ts-expect-error -- no such outcome
    share('scopesSettled', { part: { outcome: 'canceled' } });
  });

  test('refuses a metric of another type', () => {
    // @ts-expect-error -- pending is a gauge
    perSecond('pending');
    // @ts-expect-error -- requests is a counter
    quantile(0.5, 'requests');
  });
});
