import { describe, expect, test } from 'vitest';
import { cancelScope, CancelledError, explain, isCancelled } from '../../../src/index.ts';
import { cancellableFetch, type FetchOptions } from '../../../src/middleware/fetch/index.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { PHASES, type Phase, serveCalls, stuckServer } from '../../support/outgoing-server.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

interface StuckCall {
  /** What the call, or the reading of its body, rejects with. */
  readonly failed: Promise<unknown>;
  /** Resolves once the connection is cut; while connecting it is undici's affair when that is. */
  readonly cut: Promise<void>;
}

/** Starts a call that gets as far as `phase`, and resolves when it is there. */
async function callUntil(phase: Phase, init?: RequestInit, options: FetchOptions = {}): Promise<StuckCall> {
  const server = await stuckServer(phase);
  const call = cancellableFetch(options)(server.url, init);
  const failed = caught(phase === 'amid the body' ? call.then((response) => response.text()) : call);
  await server.reached;
  if (phase === 'amid the body') await call;
  return { failed, cut: phase === 'connecting' ? Promise.resolve() : server.cut };
}

const scopeIn = (phase: Phase): string => (phase === 'amid the body' ? 'fetch:body' : 'fetch');

describe.each(PHASES)('a fetch that is cut off %s', (phase) => {
  test('by the scope around it rejects with the cancel, whose cause leads back there (C12, C19)', async () => {
    const recorded = record();
    let failed: unknown;

    const error = await caught(
      cancelScope('report', async (scope) => {
        const call = await callUntil(phase);
        scope.cancel('superseded', 'newer');
        failed = await call.failed;
        await call.cut;
        throw failed;
      }),
    );

    const { cause } = failed as CancelledError;
    expect(failed).toBeInstanceOf(CancelledError);
    expect(cause.token.name).toBe(scopeIn(phase));
    expect(cause.root).toMatchObject({ reason: 'superseded', message: 'newer', token: { name: 'report' } });
    expect(explain(cause)).toContain(`→ "${scopeIn(phase)}" was cancelled with it`);
    expect(isCancelled(error, 'superseded')).toBe(true);
    expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toContain('cancelled');
    expect(recorded.sequence(scopeIn(phase)).slice(-1)).toEqual(['scopeSettled']);
  });

  test("by the caller's own signal rejects with that signal's reason, the very object (C12)", async () => {
    const recorded = record();
    const controller = new AbortController();
    const reason = new RangeError('enough');

    const call = await callUntil(phase, { signal: controller.signal });
    controller.abort(reason);

    expect(await call.failed).toBe(reason);
    await call.cut;
    const last = recorded.of('scopeSettled').at(-1);
    expect([last?.outcome, last?.cause?.root.reason, last?.cause?.root.message]).toEqual([
      'cancelled',
      'abort',
      'enough',
    ]);
  });

  test('by its timeout rejects with that, while its body is read as well (C17)', async () => {
    const clock = virtualClock();

    await cancelScope('report', { clock }, async () => {
      const { failed, cut } = await callUntil(phase, {}, { timeoutMs: 50 });
      await clock.advance(49);
      await clock.advance(1);
      const error = await failed;
      await cut;

      expect(isCancelled(error, 'timeout')).toBe(true);
      expect((error as CancelledError).cause.root.token.name).toBe(scopeIn(phase));
    });
  });

  test('leaves by the network: an edge from the call, after that from the scope around it (C13)', async () => {
    const recorded = record();

    await caught(
      cancelScope('report', async (scope) => {
        const { failed } = await callUntil(phase);
        scope.cancel();
        throw await failed;
      }),
    );

    const name = scopeIn(phase);
    expect(recorded.of('propagated').filter(({ target }) => target === name)).toEqual([
      { source: 'report', target: name, boundary: 'local', result: 'delivered' },
      { source: name, target: name, boundary: 'network', result: 'delivered' },
    ]);
  });
});

describe('a fetch that is cancelled already', () => {
  test('is not made, and no edge over the network is told of (C16)', async () => {
    const recorded = record();
    const server = await serveCalls((_, response) => void response.end());
    let calls = 0;
    const counting: typeof fetch = (...given) => {
      calls++;
      return fetch(...given);
    };

    const error = await caught(
      cancelScope('report', (scope) => {
        scope.cancel('shutdown');
        return cancellableFetch({ fetch: counting })(server.url);
      }),
    );

    expect(isCancelled(error, 'shutdown')).toBe(true);
    expect([calls, server.requests()]).toEqual([0, 0]);
    expect(recorded.of('propagated').map(({ boundary }) => boundary)).toEqual(['local']);
  });

  test("by the caller's signal is not made either, and rejects with its reason (C16)", async () => {
    const server = await serveCalls((_, response) => void response.end());
    const reason = { not: 'an error' };

    const error = await caught(cancellableFetch()(server.url, { signal: AbortSignal.abort(reason) }));

    expect(error).toBe(reason);
    expect(server.requests()).toBe(0);
  });
});

test('a cancel that comes with the headers gives no response (C16)', async () => {
  const error = await caught(
    cancelScope('report', (scope) =>
      cancellableFetch({
        fetch: () => Promise.resolve(new Response('late')).finally(() => scope.cancel('superseded')),
      })('http://127.0.0.1/'),
    ),
  );

  expect(isCancelled(error, 'superseded')).toBe(true);
});

test('a failure of the network stays what fetch says, also on a scope cancelled meanwhile', async () => {
  const failure = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
  const recorded = record();

  const error = await caught(
    cancelScope('report', (scope) =>
      cancellableFetch({
        fetch: () => {
          scope.cancel();
          return Promise.reject(failure);
        },
      })('http://127.0.0.1/'),
    ),
  );

  expect(error).toBe(failure);
  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
});

test("handed the ambient scope's signal as well, it rejects with that signal's reason, and is cancelled once (C12)", async () => {
  const recorded = record();
  let failed: unknown;
  let reason: unknown;

  await caught(
    cancelScope('report', async (scope) => {
      const call = await callUntil('before headers', { signal: scope.signal });
      scope.cancel('superseded');
      failed = await call.failed;
      reason = scope.signal.reason;
      throw failed;
    }),
  );

  expect(failed).toBe(reason);
  expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
});
