import { afterEach, describe, expect, test } from 'vitest';
import { CancelledError, cancelScope, configureTelemetry, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

afterEach(() => configureTelemetry({ ignoredMs: 100 }));

/** A scope that returns `ms` after its cancel, doing `look` half-way. */
async function ignoring(ms: number, look: (scope: Scope) => unknown = () => {}) {
  const clock = virtualClock();
  const recorded = record();
  const run = cancelScope('work', { clock, timeoutMs: 10 }, async (scope) => {
    await sleepOn(clock, 10 + ms / 2);
    try {
      look(scope);
    } catch {
      // it looked, and went on
    }
    await sleepOn(clock, ms / 2);
    return 'value';
  });
  await clock.advance(10 + ms);
  expect(await run).toBe('value');
  return recorded.of('scopeIgnoredCancel');
}

describe('ignored cancels', () => {
  test('are those of a body that returned long after and never looked', async () => {
    expect(await ignoring(100)).toMatchObject([{ requestedAt: 10, settledAt: 110, cause: { reason: 'timeout' } }]);
  });

  test('are not those of a body that returned soon after', async () => {
    expect(await ignoring(99)).toEqual([]);
  });

  test.each([
    ['asked whether it was cancelled', (scope: Scope) => scope.isCancelled],
    ['asked its token', (scope: Scope) => scope.token.isCancelled],
    ['asked a view of its token', (scope: Scope) => scope.token.readonly().isCancelled],
    ['checked', (scope: Scope) => scope.throwIfCancelled()],
    ['listened', (scope: Scope) => scope.onCancel(() => {})],
    ['waited with race', (scope: Scope) => scope.race(Promise.resolve()).catch(() => {})],
  ])('are not those of a body that %s', async (_title, look) => {
    expect(await ignoring(200, look)).toEqual([]);
  });

  test('are not those of a body that listened before the cancel', async () => {
    const clock = virtualClock();
    const recorded = record();
    const run = cancelScope('work', { clock, timeoutMs: 10 }, async (scope) => {
      scope.signal.addEventListener('abort', () => {});
      await sleepOn(clock, 500);
    });
    await clock.advance(500);
    await run;

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'ignored', phases: { mechanism: 'listener' } }]);
    expect(recorded.of('scopeIgnoredCancel')).toEqual([]);
  });

  test('count as such although the body fetched its signal and hung nothing on it', async () => {
    expect(await ignoring(200, (scope) => void scope.signal)).toHaveLength(1);
  });

  test('are not those of a body that failed or was abandoned', async () => {
    const clock = virtualClock();
    const recorded = record();
    const failed = caught(
      cancelScope('failed', { clock, timeoutMs: 10 }, async () => {
        await sleepOn(clock, 500);
        throw new Error('broken');
      }),
    );
    const abandoned = caught(
      cancelScope('abandoned', { clock, timeoutMs: 10, graceMs: 200 }, () => sleepOn(clock, 500)),
    );
    await clock.advance(500);
    await failed;

    expect(await abandoned).toBeInstanceOf(CancelledError);
    expect(recorded.of('scopeIgnoredCancel')).toEqual([]);
  });

  test('have their threshold from the settings', async () => {
    configureTelemetry({ ignoredMs: 20 });

    expect(await ignoring(20)).toHaveLength(1);
    expect(await ignoring(19)).toEqual([]);
  });
});
