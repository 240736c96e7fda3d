import { describe, expect, test, vi } from 'vitest';
import { cancelScope, isCancelled, openScope, type Scope } from '../../../src/index.ts';
import type { Shutdown } from '../../../src/middleware/shutdown/index.ts';
import type { RecordingMonitor } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';
import { shutdownByHand, turns } from '../../support/shutdown.ts';

guardLeaks();

const TIMES = { announceMs: 100, drainMs: 1_000, graceMs: 300, forceMs: 50 };

/** Work of the service that ends when told to, cancelled or not. */
function job(shutdown: Shutdown): {
  readonly end: () => void;
  readonly scope: Scope;
  readonly ended: Promise<unknown>;
} {
  const end = deferred<string>();
  let scope = shutdown.scope;
  const ended = cancelScope('job', { parent: shutdown.scope }, (own) => {
    scope = own;
    return end.promise;
  });
  return { end: () => end.resolve('done'), scope, ended };
}

function phasesOf(recorded: RecordingMonitor): unknown[] {
  return recorded
    .of('shutdownPhaseEnded')
    .map(({ phase, startedAt, endedAt, scopes, scopesLeft }) => [phase, startedAt, endedAt, scopes, scopesLeft]);
}

describe('the phases of a shutdown', () => {
  test('SD1: it announces itself for as long as told, with the work going on', async () => {
    const onAnnounce = vi.fn<() => void>();
    const onStopIntake = vi.fn<() => void>();
    const { shutdown, clock } = shutdownByHand({ ...TIMES, onAnnounce, onStopIntake });
    const work = job(shutdown);
    expect([shutdown.state, shutdown.isShuttingDown]).toEqual(['running', false]);

    void shutdown.begin();
    expect([shutdown.state, shutdown.isShuttingDown]).toEqual(['announce', true]);
    await clock.advance(99);

    expect([shutdown.state, onAnnounce.mock.calls.length, onStopIntake.mock.calls.length]).toEqual(['announce', 1, 0]);
    await clock.advance(1);
    await turns();
    expect([shutdown.state, onStopIntake.mock.calls.length]).toEqual(['drain', 1]);
    expect([work.scope.isCancelled, shutdown.token.isCancelled]).toEqual([false, false]);
    work.end();
    await shutdown.ended;
    await work.ended;
  });

  test('SD2: the drain ends with the work, and nothing is cancelled', async () => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand(TIMES);
    const work = job(shutdown);
    void shutdown.begin();
    await clock.advance(100);
    await turns();
    await clock.advance(400);

    work.end();
    const result = await shutdown.ended;

    expect(result).toEqual({ forced: false, left: 0, durationMs: 500, message: 'shutdown' });
    expect(await work.ended).toBe('done');
    expect(shutdown.token.isCancelled).toBe(false);
    expect(phasesOf(recorded)).toEqual([
      ['announce', 0, 100, 1, 1],
      ['intake', 100, 100, 1, 1],
      ['drain', 100, 500, 1, 0],
    ]);
    expect([shutdown.state, clock.pendingTimers]).toEqual(['ended', 0]);
  });

  test('SD2: work that outlasts the drain is cancelled with shutdown, and may stop by itself', async () => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand(TIMES);
    const stopped = caught(
      cancelScope('job', { token: shutdown.token, clock }, (scope) => scope.race(new Promise(() => {}))),
    );
    void shutdown.begin('received SIGTERM');
    await clock.advance(100);
    await turns();

    await clock.advance(1_000);
    const error = await stopped;

    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect(error).toMatchObject({
      cause: { reason: 'parent', root: { reason: 'shutdown', message: 'received SIGTERM' } },
    });
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0, durationMs: 1_100 });
    expect(phasesOf(recorded).slice(2)).toEqual([
      ['drain', 100, 1_100, 1, 1],
      ['cancel', 1_100, 1_100, 1, 0],
    ]);
  });

  test('SD2: what does not stop in its grace is forced, and left behind when the time is over', async () => {
    const recorded = record();
    const onForce = vi.fn<() => void>();
    const { shutdown, clock } = shutdownByHand({ ...TIMES, onForce });
    const work = job(shutdown);
    void shutdown.begin();
    await clock.advance(100);
    await turns();
    await clock.advance(1_000);
    await turns();
    await clock.advance(299);
    expect([shutdown.state, onForce.mock.calls.length]).toEqual(['cancel', 0]);

    await clock.advance(1);
    await turns();
    expect([shutdown.state, onForce.mock.calls.length]).toEqual(['force', 1]);
    await clock.advance(50);

    expect(await shutdown.ended).toEqual({ forced: true, left: 1, durationMs: 1_450, message: 'shutdown' });
    expect(phasesOf(recorded).map((row) => (row as unknown[])[0])).toEqual([
      'announce',
      'intake',
      'drain',
      'cancel',
      'force',
    ]);
    expect(phasesOf(recorded).at(-1)).toEqual(['force', 1_400, 1_450, 1, 1]);
    work.end();
    await work.ended;
  });

  test.each(['announce', 'drain', 'cancel'] as const)('SD3: forced in %s, it goes to force at once', async (state) => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand(TIMES);
    const work = job(shutdown);
    void shutdown.begin();
    for (const ms of { announce: [], drain: [100], cancel: [100, 1_000] }[state]) {
      await clock.advance(ms);
      await turns();
    }
    expect(shutdown.state).toBe(state);
    const at = clock.now();

    void shutdown.force();
    await turns();

    expect([shutdown.state, work.scope.isCancelled]).toEqual(['force', true]);
    expect(phasesOf(recorded).at(-1)).toEqual([state, expect.any(Number), at, 1, 1]);
    work.end();
    expect(await shutdown.ended).toMatchObject({ forced: true, left: 0 });
    expect(phasesOf(recorded).at(-1)).toEqual(['force', at, at, 1, 0]);
    await work.ended;
  });

  test('SD3: forced before it began, it does both', async () => {
    const { shutdown } = shutdownByHand(TIMES);

    const result = await shutdown.force('enough');

    expect(result).toEqual({ forced: true, left: 0, durationMs: 0, message: 'enough' });
    expect(shutdown.token.cause).toMatchObject({ reason: 'shutdown', message: 'enough' });
  });

  test('SD4: a step that throws or rejects is reported, and the next phase comes', async () => {
    const recorded = record();
    const { shutdown } = shutdownByHand({
      announceMs: 0,
      onAnnounce: () => {
        throw new Error('announce');
      },
      onStopIntake: () => Promise.reject(new Error('intake')),
    });

    await shutdown.begin();

    expect(recorded.of('listenerFailed').map(({ error }) => (error as Error).message)).toEqual(['announce', 'intake']);
    expect(recorded.of('shutdownPhaseEnded').map(({ phase }) => phase)).toEqual(['announce', 'intake', 'drain']);
  });

  test('SD4: a step that takes its time is waited for as other work is', async () => {
    const consumerClosed = deferred();
    const { shutdown, clock } = shutdownByHand({ ...TIMES, announceMs: 0, onStopIntake: () => consumerClosed.promise });
    void shutdown.begin();
    await turns();
    await clock.advance(900);
    expect(shutdown.state).toBe('drain');

    consumerClosed.resolve();

    expect(await shutdown.ended).toMatchObject({ forced: false, durationMs: 900 });
  });

  test('SD4: begun twice, it runs once', async () => {
    const recorded = record();
    const { shutdown } = shutdownByHand({ announceMs: 0 });

    const results = await Promise.all([shutdown.begin('first'), shutdown.begin('second')]);

    expect(results.map(({ message }) => message)).toEqual(['first', 'first']);
    expect(recorded.of('shutdownPhaseEnded')).toHaveLength(3);
  });

  test('without a server there is nobody to announce it to, unless told otherwise', async () => {
    const { shutdown } = shutdownByHand();

    expect(await shutdown.begin()).toMatchObject({ durationMs: 0 });
  });

  test('its scope cancelled by somebody else begins it', async () => {
    const { shutdown } = shutdownByHand({ announceMs: 0 });
    const work = job(shutdown);

    shutdown.scope.cancel('manual', 'cleared by an operator');
    expect(shutdown.isShuttingDown).toBe(true);
    work.end();

    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0, message: 'its scope was cancelled' });
  });

  test('disposed on its way, it stops there and cancels nothing', async () => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand(TIMES);
    const other = openScope('other', { token: shutdown.token, clock });
    void shutdown.begin();
    await clock.advance(100);
    await turns();

    shutdown[Symbol.dispose]();
    shutdown[Symbol.dispose]();

    expect(await shutdown.ended).toMatchObject({ forced: false, durationMs: 100 });
    expect(other.isCancelled).toBe(false);
    expect(recorded.of('shutdownPhaseEnded').map(({ phase }) => phase)).toEqual(['announce', 'intake', 'drain']);
    expect(clock.pendingTimers).toBe(0);
    other.close();
  });
});
