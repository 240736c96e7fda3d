import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { prometheusMonitor } from '../../../src/exporters/prometheus/index.ts';
import { openScope, registerMonitor } from '../../../src/index.ts';
import { parseExposition } from '../../support/exposition.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { linkPair } from './link-pair.ts';

guardLeaks();

const PROPAGATIONS = 'cancellation_propagations_total';

describe('a cancel that never reaches the other process', () => {
  test('is counted from its scope to nobody known, in a series that was there at 0 before (CX1)', async () => {
    using pair = linkPair();
    const registry = new Registry();
    using _monitor = registerMonitor(prometheusMonitor({ registry }));
    const scrape = async (): Promise<unknown[]> =>
      parseExposition(await registry.metrics())
        .find(PROPAGATIONS, { boundary: 'process', source: 'request' })
        .map(({ labels, value }) => [labels['target'], labels['result'], value]);
    const scopes = Array.from({ length: 3 }, () => openScope('request', { detached: true }));
    for (const scope of scopes) pair.near.share(scope.token, 'gave');
    await pair.settle();
    pair.fate = () => 'is lost';

    const before = await scrape();
    for (const scope of scopes) scope.cancel('disconnect');
    pair.close();
    const after = await scrape();
    for (const scope of scopes) scope.close();

    expect(before).toEqual([
      ['_OTHER', 'delivered', 0],
      ['_OTHER', 'late', 0],
      ['_OTHER', 'dropped', 0],
    ]);
    expect(after).toEqual([
      ['_OTHER', 'delivered', 0],
      ['_OTHER', 'late', 0],
      ['_OTHER', 'dropped', 3],
    ]);
  });
});
