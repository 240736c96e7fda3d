import { describe, expect, onTestFinished, test } from 'vitest';
import { cancelScope, openScope, registerMonitor } from '../../src/index.ts';
import { monitorEventCounts, registeredMonitorNames } from '../../src/instrumentation/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { broken, brokenMonitor } from '../support/broken-monitor.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest, record } from '../support/record.ts';

guardLeaks();

function warnings(): { message: string; code?: string }[] {
  const seen: { message: string; code?: string }[] = [];
  const note = (warning: Error): void => void seen.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return seen;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function countOf(name: string): Record<string, number> {
  return Object.fromEntries(
    [...monitorEventCounts()].flatMap(({ monitor, result, count }) => (monitor === name ? [[result, count]] : [])),
  );
}

/** Cancels a scope under a scope, with a listener, a report and a shield: most events there are. */
async function busyWork(): Promise<unknown> {
  const outer = openScope('outer');
  const error = caughtCancel(
    cancelScope('inner', { parent: outer }, async (scope) => {
      scope.onCancel(() => {});
      scope.report(1);
      await scope.shield(() => outer.cancel('shutdown'));
    }),
  );
  const { reason } = await error;
  outer.close();
  return { reason, outer: outer.outcome };
}

describe('M2: a monitor that throws in every hook', () => {
  test('changes no outcome, and other monitors hear everything', async () => {
    const alone = record();
    const expected = await busyWork();
    const sequence = alone.sequence();
    alone.clear();
    monitorInTest(brokenMonitor());
    const after = record();

    const result = await busyWork();

    expect(result).toEqual(expected);
    expect(alone.sequence().filter((hook) => hook !== 'monitorFailed')).toEqual(sequence);
    expect(after.of('scopeSettled')).toHaveLength(alone.of('scopeSettled').length);
  });

  test('is reported once as a warning, and once more when it is taken off after ten', async () => {
    const seen = warnings();
    const recorded = record();
    monitorInTest(brokenMonitor('reported'));

    for (let round = 0; round < 5; round++) await cancelScope('work', () => 1);
    await turn();

    const own = seen.filter(({ message }) => message.includes('"reported"'));
    expect(registeredMonitorNames()).toEqual(['recording']);
    expect(own.map(({ code }) => code)).toEqual(['CANCELSCOPE_MONITOR_FAILED', 'CANCELSCOPE_MONITOR_FAILED']);
    expect(recorded.of('monitorFailed')).toMatchObject([
      { monitor: 'reported', error: broken, detached: false },
      { monitor: 'reported', error: broken, detached: true },
    ]);
  });

  test('is counted', async () => {
    monitorInTest({
      name: 'sometimes',
      scopeOpened: brokenMonitor().scopeOpened as () => void,
      scopeSettled: () => {},
    });

    for (let round = 0; round < 3; round++) await cancelScope('work', () => 1);

    expect(countOf('sometimes')).toEqual({ ok: 3, error: 3 });
  });

  test('ten times in a row is taken off; nine times and once well is not', async () => {
    let calls = 0;
    monitorInTest({
      name: 'tenth',
      scopeOpened() {
        if (++calls % 10 !== 0) throw broken;
      },
    });

    for (let round = 0; round < 30; round++) await cancelScope('work', () => 1);

    expect(calls).toBe(30);
    expect(registeredMonitorNames()).toEqual(['tenth']);
  });

  test.each([undefined, null, 'text', { toString: null }, Object.create(null)])('may throw %o', async (thrown) => {
    warnings();
    const recorded = record();
    monitorInTest({
      scopeOpened() {
        throw thrown;
      },
    });

    expect(await cancelScope('work', () => 1)).toBe(1);
    expect(recorded.of('monitorFailed')).toHaveLength(1);
  });

  test('in its farewell is reported, and off all the same', () => {
    const recorded = record();
    const registration = registerMonitor({
      name: 'clinging',
      detached() {
        throw broken;
      },
    });

    registration[Symbol.dispose]();

    expect(recorded.of('monitorFailed')).toMatchObject([{ monitor: 'clinging', hook: 'detached' }]);
    expect(registeredMonitorNames()).toEqual(['recording']);
  });

  test('when told of a failing monitor ends in no endless round', async () => {
    warnings();
    for (const name of ['a', 'b']) monitorInTest(brokenMonitor(name));

    await cancelScope('work', () => 1);
    await cancelScope('work', () => 1);
    await cancelScope('work', () => 1);
    await cancelScope('work', () => 1);

    expect(await cancelScope('work', () => 1)).toBe(1);
  });

  test('M3: by being async and rejecting is a failure like any other, and no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const recorded = record();
    monitorInTest({ name: 'async', scopeSettled: () => Promise.reject(broken) });

    await cancelScope('work', () => 1);
    await turn();
    process.off('unhandledRejection', note);

    expect(unhandled).toEqual([]);
    expect(recorded.of('monitorFailed')).toMatchObject([{ monitor: 'async', hook: 'scopeSettled', error: broken }]);
  });
});
