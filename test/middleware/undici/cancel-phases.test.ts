import { describe, expect, test } from 'vitest';
import { type Dispatcher } from 'undici';
import { cancelScope, findCancelledError, isCancelled } from '../../../src/token/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { PHASES, type Phase, stuckServer } from '../../support/outgoing-server.ts';
import { record } from '../../support/record.ts';
import { agentWith, type Make, makers } from './dispatchers.ts';

guardLeaks();
guardUnhandled();

interface StuckCall {
  readonly failed: Promise<unknown>;
  readonly cut: Promise<void>;
}

async function callUntil(phase: Phase, make: Make, dispatcher: Dispatcher, signal?: AbortSignal): Promise<StuckCall> {
  const server = await stuckServer(phase);
  const call = make(dispatcher, server.url, signal);
  const failed = caught(phase === 'amid the body' ? call.then(({ read }) => read()) : call);
  await server.reached;
  if (phase === 'amid the body') await call;
  return { failed, cut: phase === 'connecting' ? Promise.resolve() : server.cut };
}

describe.each(makers)('a request by %s', (by, make) => {
  describe.each(PHASES)('that is cut off %s', (phase) => {
    test('by the scope around it fails with the cancel, at once and once (C20, C21, C22)', async () => {
      const recorded = record();
      const dispatcher = agentWith();
      let failed: unknown;

      await caught(
        cancelScope('report', async (scope) => {
          const call = await callUntil(phase, make, dispatcher);
          scope.cancel('superseded', 'newer');
          failed = await call.failed;
          await call.cut;
          throw failed;
        }),
      );

      const cause = findCancelledError(failed)?.cause;
      expect((failed as Error).name).toBe(by === 'fetch' ? 'TypeError' : 'AbortError'); // C22
      expect(cause?.token.name).toBe('undici');
      expect(cause?.root).toMatchObject({ reason: 'superseded', token: { name: 'report' } });
      expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
      const crossed = recorded.of('propagated').filter(({ boundary }) => boundary === 'network');
      expect(crossed).toHaveLength(phase === 'connecting' ? 0 : 1);
    });

    test('by its timeout fails with that', async () => {
      const clock = virtualClock();
      const dispatcher = agentWith({ timeoutMs: 50 });

      await cancelScope('report', { clock }, async () => {
        const { failed, cut } = await callUntil(phase, make, dispatcher);
        await clock.advance(50);
        await cut;

        expect(isCancelled(await failed, 'timeout')).toBe(true);
      });
    });
  });
});

/** Where the caller's own signal is seen: fetch keeps it to itself until there is a connection, and nothing says that it gave up. */
const SEEN = makers.flatMap(([by, make]) =>
  PHASES.filter((phase) => by !== 'fetch' || phase !== 'connecting').map((phase) => ({ by, make, phase })),
);

describe.each(SEEN)('a request by $by that is cut off $phase', ({ make, phase }) => {
  test("by the caller's own signal fails with its reason, and is cancelled (C12, C21)", async () => {
    const recorded = record();
    const controller = new AbortController();
    const reason = new RangeError('enough');

    const call = await callUntil(phase, make, agentWith(), controller.signal);
    controller.abort(reason);

    expect(await call.failed).toBe(reason);
    await call.cut;
    const [settled] = recorded.of('scopeSettled');
    expect([settled?.outcome, settled?.cause?.root.reason]).toEqual(['cancelled', 'abort']);
  });
});
