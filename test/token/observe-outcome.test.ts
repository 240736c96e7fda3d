import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, observe } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

/** Code as it is found in services: it stops with the signal's own reason. */
function legacy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

describe('the outcome of observed code', () => {
  test.each<[what: string, end: (signal: AbortSignal) => unknown, outcome: string]>([
    ['that throws the reason of the signal', legacy, 'cancelled'],
    ['whose timer is aborted', (signal) => sleep(1e6, undefined, { signal, ref: false }), 'cancelled'],
    ['that looks at the signal', (signal) => legacy(signal).catch(() => signal.throwIfAborted()), 'cancelled'],
    ['that breaks all the same', (signal) => legacy(signal).catch(() => Promise.reject(new Error('broken'))), 'failed'],
    ['that returns all the same', (signal) => legacy(signal).catch(() => 'partial'), 'ignored'],
  ])('%s after the abort', async (_what, end, outcome) => {
    const recorded = record();
    const controller = new AbortController();
    const running = observe('work', controller.signal, end).then(
      () => undefined,
      () => undefined,
    );

    controller.abort(new Error('user left'));
    await running;

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome, cause: { reason: 'abort', message: 'user left' } }]);
  });

  test.each<[what: string, end: () => unknown, outcome: string]>([
    ['that returns', () => 1, 'completed'],
    ['that breaks', () => Promise.reject(new Error('broken')), 'failed'],
    ['that was aborted by something else', () => Promise.reject(AbortSignal.abort().reason as Error), 'failed'],
  ])('%s without an abort', async (_what, end, outcome) => {
    const recorded = record();

    await observe('work', new AbortController().signal, end).catch(() => {});

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome, cause: undefined }]);
  });

  test('aborted by a cancel of ours is cancelled, with that cancel as the root', async () => {
    const recorded = record();
    const token = new CancellationToken({ name: 'stop' });
    const running = caught(observe('work', token.signal, legacy));

    token.cancel('shutdown');

    expect(await running).toBe(token.signal.reason);
    expect(recorded.of('scopeSettled')).toMatchObject([
      { outcome: 'cancelled', cause: { root: { reason: 'shutdown' } } },
    ]);
  });

  test('aborted by the time limit of the signal is cancelled by a timeout', async () => {
    const recorded = record();

    const error = await caught(observe('work', AbortSignal.timeout(1), legacy));

    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { reason: 'timeout' } }]);
  });

  test('is known also when another listener kept the abort from ours', async () => {
    const recorded = record();
    const controller = new AbortController();
    controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
    const end = deferred();
    const running = caught(observe('work', controller.signal, () => end.promise));

    controller.abort();
    end.reject(controller.signal.reason);
    await running;

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled' }]);
  });

  test('has its latency from the abort to the end', async () => {
    const recorded = record();
    const clock = virtualClock();
    const controller = new AbortController();
    const end = deferred();
    const running = cancelScope('outer', { clock }, () =>
      observe('work', controller.signal, (signal) => legacy(signal).catch(() => end.promise)),
    );

    await clock.advance(100);
    controller.abort();
    await clock.advance(30);
    end.resolve();
    await running;

    const [work] = recorded.of('scopeSettled');
    expect((work?.settledAt ?? 0) - (work?.phases?.requestedAt ?? 0)).toBe(30);
    expect(work?.phases?.requestedAt).toBe(clock.now() - 30);
  });
});
