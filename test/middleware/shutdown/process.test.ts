import { describe, expect, test } from 'vitest';
import { deferred } from '../../support/deferred.ts';
import { eventually } from '../../support/prometheus-server.ts';
import { send, startLoad, startService } from '../../support/shutdown-process.ts';

const RATE = 200;
const TIMES = { announceMs: 1_200, drainMs: 400, graceMs: 300, forceMs: 200 };
const BOUND_MS = Object.values(TIMES).reduce((sum, ms) => sum + ms, 0);
/** What a busy machine may add to timers, closing and the exit of a process. */
const SLACK_MS = 3_000;

describe('a process that gets SIGTERM', () => {
  test(`H7, SD1, SD10: under ${RATE} requests a second answers all it accepted, cuts only what would not stop, and exits in time`, async () => {
    const service = await startService({ signals: ['SIGTERM'], exit: true, ...TIMES });
    const streams = Array.from({ length: 5 }, () => send(service.port, '/stream', false));
    const stuck = send(service.port, '/stuck', false);
    const load = startLoad(service, RATE);
    await eventually(
      () => Promise.resolve(load.ended.length),
      (count) => count >= 2 * RATE,
    );

    service.signal('SIGTERM');
    const signalledAt = performance.now();
    const outcomes = await load.over;
    const exit = await service.exited;

    const rate = load.rate();
    const tookMs = exit.at - signalledAt;
    console.log(
      `${outcomes.length} requests at ${rate.toFixed(0)}/s; exit ${tookMs.toFixed(0)} of ${BOUND_MS} ms after`,
    );
    expect(rate).toBeGreaterThan(0.9 * RATE);
    const wrong = outcomes.filter(({ status, body, error }) => !(status === 200 && body === 'done' && !error));
    expect(wrong).toEqual([]);
    for (const { status, body, error } of await Promise.all(streams)) {
      expect([status, error, body.endsWith('data: bye\n\n')]).toEqual([200, undefined, true]);
    }
    expect(service.phases.map(({ phase }) => phase)).toEqual(['announce', 'intake', 'drain', 'cancel', 'force']);
    const [, , drain, cancel, force] = service.phases;
    expect([drain?.requestsLeft, drain?.scopesLeft]).toEqual([6, 5]); // streams and the stuck one; its scope is none
    expect([cancel?.requestsLeft, cancel?.scopesLeft, force?.requestsLeft]).toEqual([1, 0, 0]);
    expect(await stuck).toMatchObject({ status: 200, error: 'ECONNRESET' });
    expect((await stuck).endedAt).toBeGreaterThan(drain?.heardAt ?? Infinity);
    expect([exit.code, service.stderr()]).toEqual([0, '']);
    expect(tookMs).toBeLessThan(BOUND_MS + SLACK_MS);
  }, 20_000);

  test('SD3: and a second one is forced at once', async () => {
    const service = await startService({ signals: ['SIGTERM', 'SIGINT'], exit: true, announceMs: 0, drainMs: 600_000 });
    const [stuckBegan, streamBegan] = [deferred(), deferred()];
    const stuck = send(service.port, '/stuck', false, stuckBegan.resolve);
    const stream = send(service.port, '/stream', false, streamBegan.resolve);
    await Promise.all([stuckBegan.promise, streamBegan.promise]);
    service.signal('SIGTERM');
    await service.phase('intake');

    service.signal('SIGINT');

    expect(await service.exited).toMatchObject({ code: 0, signal: null });
    expect(service.phases.map(({ phase }) => phase)).toEqual(['announce', 'intake', 'drain', 'force']);
    expect(service.phases[2]).toMatchObject({ requests: 2, requestsLeft: 2 });
    expect((await stuck).error).toBe('ECONNRESET');
    await stream;
  }, 20_000);

  test('SD9: and had disposed of its shutdown ends as any process does', async () => {
    const service = await startService({ signals: ['SIGTERM'], dispose: true });

    service.signal('SIGTERM');

    expect(await service.exited).toMatchObject({ code: null, signal: 'SIGTERM' });
  }, 20_000);

  test('SD10: and did not ask for an exit ends by itself, when nothing keeps it', async () => {
    const service = await startService({ signals: ['SIGTERM'], announceMs: 0 });

    service.signal('SIGTERM');

    expect(await service.exited).toMatchObject({ code: 0, signal: null });
    expect(service.phases.map(({ phase }) => phase)).toEqual(['announce', 'intake', 'drain']);
  }, 20_000);
});
