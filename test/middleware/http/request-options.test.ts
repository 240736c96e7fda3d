import { describe, expect, test } from 'vitest';
import { RequestWork } from '../../../src/middleware/http/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { beginRequest as begin, over, requestView } from '../../support/request-view.ts';

guardLeaks();

describe('a client’s budget', () => {
  const budget = { trust: () => true };

  test.each([
    ['20', 50, 408],
    ['80', 50, 504],
    ['nonsense', 50, 504],
  ])('of %s ms beside the service’s %d: %d', async (header, timeoutMs, status) => {
    const { work, clock, scope } = begin({ timeoutMs, budget }, { 'x-request-budget-ms': header });
    const thrown = caught(work.run(() => scope.race(new Promise(() => {}))));

    await clock.advance(80);

    expect(await thrown).toMatchObject({ status });
    work.close(true);
    await over(work);
  });
});

test.each([
  [{ timeoutMs: Number.NaN }, 'timeoutMs'],
  [{ graceMs: '5' }, 'graceMs'],
  [{ onDisconnect: 'ignore' }, 'onDisconnect'],
  [{ onDisconnect: { afterMs: 'soon' } }, 'onDisconnect.afterMs'],
  [{ budget: { trust: true } }, 'budget.trust'],
  [{ token: {} }, 'token'],
  [{ status: 504 }, 'status'],
])('refuses %j, by name', (options, argument) => {
  expect(() => new RequestWork('get:/', requestView(), options as never)).toThrow(
    expect.objectContaining({ argument }),
  );
});
