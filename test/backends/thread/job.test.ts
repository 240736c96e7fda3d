import { describe, expect, test } from 'vitest';
import { begin, makeJob, runJob } from '../../../src/backends/thread/job.ts';
import { currentScope, type Scope } from '../../../src/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { systemClock } from '../../../src/token/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { insertedAt } from './work/dying.ts';
import { openerForTests } from '../../support/open-in-test.ts';

guardLeaks();
const open = openerForTests();

/** A job as the other thread gets it. */
function sent(scope: Scope, data?: unknown) {
  const token = scope.token.child({ name: 'tile.worker' });
  return { token, job: structuredClone(makeJob(scope, token, 'tile', data)) };
}

describe('a job', () => {
  test('is data, with the deadline on the clock that all threads share', () => {
    const scope = open({ timeoutMs: 1_000 });

    const { token, job } = sent(scope, { tile: 4 });

    expect(job).toMatchObject({
      name: 'tile',
      data: { tile: 4 },
      deadlineNs: systemClock.toMonotonicNs(scope.deadline),
    });
    token.dispose();
  });

  test.each([
    ['none', undefined],
    ['one on another clock', { timeoutMs: 1_000, clock: virtualClock() }],
  ])('has no deadline of a scope that has %s', (_what, options) => {
    const { token, job } = sent(open(options));

    expect(job.deadlineNs).toBeUndefined();
    token.dispose();
  });

  test('runs in a scope of its own, which is `currentScope()`, by that deadline (O1)', async () => {
    const scope = open({ timeoutMs: 60_000 });
    const { job } = sent(scope, 4);

    const seen = await runJob(job, (data, own) => ({ data, own, current: currentScope(), left: own.remainingMs }));

    expect(seen).toMatchObject({ data: 4, own: { name: 'tile', outcome: 'completed' } });
    expect(seen.own).not.toBe(scope);
    expect(seen.current).toBe(seen.own);
    expect(seen.left).toBeGreaterThan(scope.remainingMs - 1);
    expect(seen.left).toBeLessThanOrEqual(60_000);
  });

  test('is cancelled with its token, which cancels nobody else (O1)', async () => {
    const scope = open();
    const { token, job } = sent(scope);

    const running = caught(runJob(job, (_, own) => own.race(new Promise(() => {}))));
    token.cancel('disconnect');

    expect(await running).toMatchObject({ name: 'AbortError', cause: { root: { reason: 'disconnect' } } });
    expect(scope.isCancelled).toBe(false);
  });
});

describe('O2: a job that is prevented', () => {
  test('never runs, whatever its token says', async () => {
    const { token, job } = sent(open());
    let ran = false;

    expect(begin(job)).toBe(true);
    const error = await caught(runJob(job, () => (ran = true)));

    expect(error).toBeInstanceOf(Error);
    expect(ran).toBe(false);
    token.dispose();
  });

  test('or has begun, never both, at whatever step the other comes', () => {
    const scope = open();
    for (let step = 0; ; step++) {
      const { token, job } = sent(scope);
      const won: boolean[] = [];

      const more = insertedAt(
        step,
        () => won.push(begin(job)),
        () => won.push(begin(job)),
      );
      token.dispose();

      if (!more) break;
      expect(won.filter(Boolean)).toHaveLength(1);
    }
  });
});
