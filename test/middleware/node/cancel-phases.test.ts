import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cancelScope, isCancelled } from '../../../src/token/index.ts';
import { cancellableRequest } from '../../../src/middleware/node/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { PHASES, type Phase, stuckServer } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

type Options = Parameters<typeof cancellableRequest>[1];

interface StuckRequest {
  readonly request: ClientRequest;
  /** What it, or the reading of its response, fails with. */
  readonly failed: Promise<unknown>;
  readonly cut: Promise<void>;
}

/** Makes a request that gets as far as `phase`, and resolves when it is there. */
async function requestUntil(phase: Phase, options?: Options, given: http.RequestOptions = {}): Promise<StuckRequest> {
  const server = await stuckServer(phase);
  const make = cancellableRequest(phase === 'connecting' ? https.request : http.request, options);
  const request = make(server.url, { agent: false, ...given }).on('error', () => {});
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end();
  const failed = caught(phase === 'amid the body' ? answered.then(([response]) => text(response)) : answered);
  await server.reached;
  if (phase === 'amid the body') await answered;
  return { request, failed, cut: server.cut };
}

describe.each(PHASES)('a request that is cut off %s', (phase) => {
  test('by the scope around it fails with the cancel, also in the reading of its response (C26)', async () => {
    const recorded = record();
    let failed: unknown;

    const error = await caught(
      cancelScope('report', async (scope) => {
        const call = await requestUntil(phase);
        scope.cancel('superseded', 'newer');
        failed = await call.failed;
        await call.cut;
        throw failed;
      }),
    );

    expect(isCancelled(failed, 'superseded')).toBe(true);
    expect(failed).toMatchObject({ cause: { token: { name: 'http' }, root: { token: { name: 'report' } } } });
    expect(isCancelled(error)).toBe(true);
    await settled(recorded, 2);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
    expect(recorded.of('propagated').filter(({ boundary }) => boundary === 'network')).toEqual([
      { source: 'http', target: 'http', boundary: 'network', result: 'delivered' },
    ]);
  });

  test("by the caller's own signal fails as it would, and is cancelled (C12)", async () => {
    const recorded = record();
    const controller = new AbortController();
    const reason = new RangeError('enough');

    const call = await requestUntil(phase, {}, { signal: controller.signal });
    controller.abort(reason);

    const error = await call.failed;
    const plain =
      phase === 'amid the body' ? { code: 'ECONNRESET' } : { name: 'AbortError', code: 'ABORT_ERR', cause: reason };
    expect(error).toMatchObject(plain);
    await call.cut;
    await settled(recorded, 1);
    const [end] = recorded.of('scopeSettled');
    expect([end?.outcome, end?.cause?.root.message]).toEqual(['cancelled', 'enough']);
  });

  test('by its timeout fails with that', async () => {
    const clock = virtualClock();

    await cancelScope('report', { clock }, async () => {
      const { failed, cut } = await requestUntil(phase, { timeoutMs: 50 });
      await clock.advance(50);
      await cut;

      expect(isCancelled(await failed, 'timeout')).toBe(true);
    });
  });
});

/** Waits until as many scopes have settled: a request closes a little after its last byte. */
async function settled(recorded: ReturnType<typeof record>, count: number): Promise<void> {
  while (recorded.of('scopeSettled').length < count) await loopTurn();
}
