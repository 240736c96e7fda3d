import { afterEach, describe, expect, test } from 'vitest';
import { configureTelemetry, openScope, registerMonitor, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

afterEach(() => configureTelemetry({ slowMs: 500 }));

describe('slow cancels', () => {
  test('W1: are reported while they run, when the threshold passes', async () => {
    const clock = virtualClock();
    const recorded = record();
    const scope = openScope('work', { clock });
    await clock.advance(100);
    scope.cancel('shutdown');

    await clock.advance(499);
    const before = recorded.of('cancelSlow').length;
    await clock.advance(1);
    const reported = recorded.of('cancelSlow');
    scope.close();

    expect(before).toBe(0);
    expect(reported).toMatchObject([{ requestedAt: 100, thresholdMs: 500, cause: { reason: 'shutdown' } }]);
    expect(recorded.sequence('work').slice(2)).toEqual(['cancelSlow', 'cancelAcknowledged', 'scopeSettled']);
  });

  test('W1: are reported once, however long they take', async () => {
    const clock = virtualClock();
    const recorded = record();
    const scope = openScope('work', { clock });
    scope.cancel();

    await clock.advance(10_000);
    scope.close();

    expect(recorded.of('cancelSlow')).toHaveLength(1);
  });

  test('are not those that end in time', async () => {
    const clock = virtualClock();
    const recorded = record();
    const scope = openScope('work', { clock });
    scope.cancel();

    await clock.advance(499);
    scope.close();
    await clock.advance(10_000);

    expect(recorded.of('cancelSlow')).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('W1: are reported at their end when the event loop was blocked', () => {
    const clock = busyClock();
    const recorded = record();
    const scope = openScope('work', { clock });
    scope.cancel();

    clock.block(600);
    scope.close();

    expect(recorded.of('cancelSlow')).toMatchObject([{ requestedAt: 0 }]);
  });

  test('W2: are found among many, each at its own time, with one timer', async () => {
    const clock = virtualClock();
    const seen: [string, number][] = [];
    const registration = registerMonitor({ cancelSlow: (scope) => seen.push([scope.name, clock.now()]) });
    const scopes: Scope[] = [];
    for (const name of ['a', 'b', 'c']) {
      const scope = openScope(name, { clock });
      scopes.push(scope);
      scope.cancel();
      await clock.advance(100);
    }
    const timers = clock.pendingTimers;
    scopes[1]?.close();

    await clock.advance(1_000);
    for (const scope of scopes) scope.close();
    registration[Symbol.dispose]();

    expect(timers).toBe(1);
    expect(seen).toEqual([
      ['a', 500],
      ['c', 700],
    ]);
  });

  test('are measured by the threshold in force when they were cancelled', async () => {
    const clock = virtualClock();
    const recorded = record();
    configureTelemetry({ slowMs: 50 });
    const scope = openScope('work', { clock });
    scope.cancel();
    configureTelemetry({ slowMs: 5_000 });

    await clock.advance(50);
    const reported = recorded.of('cancelSlow').length;
    scope.close();

    expect(reported).toBe(1);
  });

  test('with a lower threshold are found in time behind those with a higher one', async () => {
    const clock = virtualClock();
    const recorded = record();
    const patient = openScope('patient', { clock });
    patient.cancel();
    configureTelemetry({ slowMs: 50 });
    const hasty = openScope('hasty', { clock });
    hasty.cancel();

    await clock.advance(60);
    const reported = recorded.sequence('hasty');
    hasty.close();
    await clock.advance(500);
    patient.close();

    expect(reported).toContain('cancelSlow');
    expect(recorded.sequence('patient').filter((hook) => hook === 'cancelSlow')).toHaveLength(1);
  });

  test('are kept apart by clock', async () => {
    const [first, second] = [virtualClock(), virtualClock({ now: 1e6 })];
    const recorded = record();
    const scopes = [openScope('first', { clock: first }), openScope('second', { clock: second })];
    for (const scope of scopes) scope.cancel();

    await second.advance(500);
    const reported = recorded.events.flatMap(({ hook, scope }) => (hook === 'cancelSlow' ? [scope] : []));
    for (const scope of scopes) scope.close();

    expect(reported).toEqual(['second']);
    expect([first.pendingTimers, second.pendingTimers]).toEqual([0, 0]);
  });

  test('are not looked for while nobody wants to know', async () => {
    const clock = virtualClock();
    const registration = registerMonitor({ scopeSettled: () => {} });
    const scope = openScope('work', { clock });

    scope.cancel();
    const timers = clock.pendingTimers;
    scope.close();
    registration[Symbol.dispose]();

    expect(timers).toBe(0);
  });

  test('W2: leave no timer behind when the last monitor goes', () => {
    const clock = virtualClock();
    const registration = registerMonitor({ cancelSlow: () => {} });
    const scope = openScope('work', { clock });
    scope.cancel();

    registration[Symbol.dispose]();
    const timers = clock.pendingTimers;
    scope.close();

    expect(timers).toBe(0);
  });

  test('at a threshold of Infinity there are none', async () => {
    const clock = virtualClock();
    const recorded = record();
    configureTelemetry({ slowMs: Infinity });
    const scope = openScope('work', { clock });
    scope.cancel();

    await clock.advance(1e9);
    scope.close();

    expect(recorded.of('cancelSlow')).toEqual([]);
  });
});
