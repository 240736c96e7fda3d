import { afterEach, describe, expect, test } from 'vitest';
import { cancelScope, configureTelemetry, openScope, registry } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest, record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

afterEach(() => configureTelemetry({ historySize: 100 }));

function settleMany(from: number, to: number): void {
  for (let n = from; n <= to; n++) openScope(`s${n}`).close();
}

const names = (): string[] => registry.history().map(({ name }) => name);

describe('Y1: history', () => {
  test('keeps what a scope came to, with its times', async () => {
    record();
    const clock = virtualClock();
    const run = caught(
      cancelScope('work', { clock, timeoutMs: 10 }, async (scope) => {
        await sleepOn(clock, 25);
        scope.throwIfCancelled();
      }),
    );
    await clock.advance(25);
    await run;

    const [newest] = registry.history();

    expect(newest).toMatchObject({ name: 'work', outcome: 'cancelled', durationMs: 25, latencyMs: 15 });
    expect(newest?.cause?.reason).toBe('timeout');
  });

  test('has no latency for a scope that was not cancelled', async () => {
    record();

    await cancelScope('work', () => 1);

    expect(registry.history()[0]).toMatchObject({ outcome: 'completed', latencyMs: undefined, cause: undefined });
  });

  test('keeps the last 100, newest first', () => {
    record();

    settleMany(1, 130);

    expect(names()).toEqual(Array.from({ length: 100 }, (_, index) => `s${130 - index}`));
  });

  test.each([
    [5, 5, ['s5', 's4', 's3', 's2', 's1']],
    [5, 7, ['s7', 's6', 's5', 's4', 's3']],
    [5, 11, ['s11', 's10', 's9', 's8', 's7']],
    [1, 3, ['s3']],
  ])('of size %i keeps the last of %i', (historySize, ended, expected) => {
    record();
    configureTelemetry({ historySize: 0 });
    openScope('none').close();
    configureTelemetry({ historySize });

    settleMany(1, ended);

    expect(names()).toEqual(expected);
  });

  test('of size 0 keeps none', () => {
    record();
    settleMany(1, 3);

    configureTelemetry({ historySize: 0 });
    settleMany(4, 6);

    expect(names()).toEqual([]);
  });

  test('made smaller never gives more than its size', () => {
    record();
    settleMany(1, 20);

    configureTelemetry({ historySize: 5 });
    const atOnce = names().length;
    settleMany(21, 23);

    expect(atOnce).toBeLessThanOrEqual(5);
    expect(names().length).toBeLessThanOrEqual(5);
    expect(names().slice(0, 3)).toEqual(['s23', 's22', 's21']);
  });

  test('made larger stays in order', () => {
    record();
    configureTelemetry({ historySize: 0 });
    openScope('none').close();
    configureTelemetry({ historySize: 4 });
    settleMany(1, 6);

    configureTelemetry({ historySize: 6 });
    settleMany(7, 9);

    const kept = names().map((name) => Number(name.slice(1)));
    expect(kept).toEqual([...kept].sort((a, b) => b - a));
    expect(kept.slice(0, 3)).toEqual([9, 8, 7]);
  });

  test('is not kept while no monitor is registered', () => {
    const before = registry.history().length === 0 ? [] : names();

    settleMany(1, 3);

    expect(names()).toEqual(before);
  });

  test('M4: keeps neither a scope nor its token alive', async () => {
    monitorInTest({});
    const kept = ((): WeakRef<object>[] => {
      const scope = openScope('work');
      scope.cancel();
      scope.close();
      return [new WeakRef(scope), new WeakRef(scope.token)];
    })();

    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc?.();
    }

    expect(names()[0]).toBe('work');
    expect(kept.map((reference) => reference.deref())).toEqual([undefined, undefined]);
  });

  test('hands out records that changing spoils for nobody', () => {
    record();
    settleMany(1, 1);

    const [first] = registry.history();
    Reflect.set(first as object, 'outcome', 'failed');
    (registry.history() as unknown[]).length = 0;

    expect(registry.history()[0]).toMatchObject({ name: 's1', outcome: 'completed' });
  });
});
