import { describe, expect, test } from 'vitest';
import { cancelScope, type Monitor, registerMonitor } from '../../src/index.ts';
import { MONITOR_NAMES_MAX, monitorEventCounts } from '../../src/instrumentation/index.ts';
import { broken } from '../support/broken-monitor.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

type Rows = Record<string, number>;

function rows(): Rows {
  return Object.fromEntries(Array.from(monitorEventCounts(), (each) => [`${each.monitor} ${each.result}`, each.count]));
}

async function runs(scopes: number): Promise<void> {
  for (let round = 0; round < scopes; round++) await cancelScope('work', () => 1);
}

/** Registers a monitor of that name while `scopes` end. */
async function hears(name: string, scopes: number): Promise<void> {
  using _registration = registerMonitor({ name, scopeSettled: () => {} });
  await runs(scopes);
}

describe('MC1: what was counted', () => {
  test('stays when the monitor is taken off', async () => {
    await hears('gone', 3);

    expect(rows()).toMatchObject({ 'gone ok': 3, 'gone error': 0 });
  });

  test('stays when it is taken off for ten failures in a row, and all ten are among it', async () => {
    monitorInTest({
      name: 'failing',
      scopeSettled() {
        throw broken;
      },
    });

    await runs(12);

    expect(rows()).toMatchObject({ 'failing ok': 0, 'failing error': 10 });
  });

  test('is where the next monitor of its name goes on from', async () => {
    await hears('again', 3);
    await hears('again', 2);

    expect(rows()).toMatchObject({ 'again ok': 5, 'again error': 0 });
  });

  test('by several monitors of one name is one sum, while they are there and after', async () => {
    const hook: Monitor = { name: 'twin', scopeSettled: () => {} };
    const [first, second] = [registerMonitor({ ...hook }), registerMonitor({ ...hook })];
    await runs(2);
    const both = rows();

    first[Symbol.dispose]();
    const one = rows();
    second[Symbol.dispose]();

    expect([both, one, rows()].map((each) => each['twin ok'])).toEqual([4, 4, 4]);
  });

  test('includes what async hooks come to after it is taken off', async () => {
    const [well, badly] = [deferred(), deferred()];
    const answers = [well.promise, badly.promise];
    const registration = registerMonitor({ name: 'slow', scopeSettled: () => answers.shift() as never });
    await runs(2);
    registration[Symbol.dispose]();

    well.resolve();
    badly.reject(broken);
    await new Promise((resolve) => setImmediate(resolve));

    expect(rows()).toMatchObject({ 'slow ok': 1, 'slow error': 1 });
  });
});

describe('MC2: rows', () => {
  test('are bounded, and none goes down or away, however many names come and go', async () => {
    const steps: Rows[] = [];
    const registrations: Disposable[] = [];
    const names = Array.from({ length: 3 * MONITOR_NAMES_MAX }, (_, index) => `name-${index}`);

    for (const name of [...names, ...names, '_OTHER']) {
      registrations.push(registerMonitor({ name, scopeSettled: () => {} }));
      await runs(1);
      steps.push(rows());
      if (registrations.length > 2) registrations.shift()?.[Symbol.dispose]();
      steps.push(rows());
    }
    for (const registration of registrations) registration[Symbol.dispose]();
    steps.push(rows());

    const shrunk = steps.flatMap((before, step) => {
      const after = steps[step + 1] ?? before;
      return Object.keys(before).filter((row) => !((after[row] ?? -1) >= (before[row] ?? 0)));
    });
    const last = steps.at(-1) ?? {};
    expect(shrunk).toEqual([]);
    expect(Object.keys(last).filter((row) => row.endsWith(' ok'))).toHaveLength(MONITOR_NAMES_MAX + 1);
    expect(last['_OTHER ok']).toBeGreaterThan(0);
  });
});
