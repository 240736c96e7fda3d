import { afterAll, describe, expect, test } from 'vitest';
import { CancellationToken, openScope, systemClock } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { gate, open, pass } from '../../support/gate.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { startThread } from '../../support/thread-agent.ts';
import { blockUntilCancelled, cancelAt, sharedAs } from './partner.ts';

guardLeaks();

const worker = startThread();
afterAll(() => worker.stop());

describe('T8, B1: a blocked main thread', () => {
  test('reads flag, reason, message and cause without a turn of its event loop', async () => {
    const token = await sharedAs('blocked', worker);
    const go = gate();
    cancelAt(go, worker, 'blocked', 'nobody is listening');
    let turned = false;
    void loopTurn().then(() => (turned = true));

    blockUntilCancelled(go);
    const reading = readingOf(token);

    expect(turned).toBe(false);
    expect(reading).toMatchObject({
      isCancelled: true,
      thrown: 'AbortError',
      cause: { reason: 'disconnect', message: 'nobody is listening', origin: { threadId: worker.worker.threadId } },
    });
    expect(reading).toEqual(await worker.run.read('blocked'));
  });

  test('reads what derives from it as cancelled in the same look (T2)', async () => {
    const token = await sharedAs('derived', worker);
    const scope = openScope('given', { token, detached: true });
    const derived = {
      child: token.child(),
      grandchild: token.child().child(),
      any: CancellationToken.any([new CancellationToken(), token]),
      all: CancellationToken.all([token]),
      throughSignal: CancellationToken.any([token.signal]),
      scope,
      inScope: scope.token.child(),
    };
    const go = gate();
    cancelAt(go, worker, 'derived', 'with all below');

    blockUntilCancelled(go);
    const read = Object.entries(derived).map(([name, each]) => [name, each.isCancelled, each.cause?.root.message]);

    expect(read).toEqual(Object.keys(derived).map((name) => [name, true, 'with all below']));
    scope.close();
  });

  test('whichever of them it looks at first (T2)', async () => {
    for (const first of ['token', 'grandchild', 'all'] as const) {
      const token = await sharedAs('whichever', worker);
      const grandchild = token.child().child();
      const all = CancellationToken.all([token, grandchild]);
      const go = gate();
      cancelAt(go, worker, 'whichever', first);

      blockUntilCancelled(go);
      const looked = { token, grandchild, all }[first].isCancelled;

      expect([looked, token.isCancelled, grandchild.isCancelled, all.isCancelled]).toEqual([true, true, true, true]);
    }
  });

  test('that spins on it for long sees the cancel, and the whole of it at once', async () => {
    const token = await sharedAs('spun-on', worker);
    const go = gate();
    void worker.run.pass(go);
    const cancelled = worker.run.cancel('spun-on', 'timeout', 'in the middle');

    open(go);
    const begun = systemClock.now();
    while (!token.isCancelled) if (systemClock.now() - begun > 20_000) throw new Error('never cancelled');
    const { cause } = token;

    expect(cause).toMatchObject({ reason: 'timeout', message: 'in the middle', origin: { pid: process.pid } });
    expect(await cancelled).toBe(true);
  });

  test('has neither a token of a worker nor its own cancel refused', async () => {
    const lost = await sharedAs('lost', worker);
    const won = await sharedAs('won', worker);
    const go = gate();
    cancelAt(go, worker, 'lost', 'the worker was first');

    blockUntilCancelled(go);

    expect([lost.cancel('manual', 'too late'), won.cancel('manual', 'in time')]).toEqual([false, true]);
    expect(lost.cause?.message).toBe('the worker was first');
    expect((await worker.run.read('won')).cause?.message).toBe('in time');
  });
});

describe('a worker that never yields', () => {
  test.each(['spin', 'spinUntilThrown'] as const)('leaves its loop by %s when the main thread cancels', async (how) => {
    const token = await sharedAs('looked-at', worker);
    const begun = gate();
    void worker.run.open(begun);
    const left = worker.run[how]('looked-at');
    pass(begun);

    token.cancel('shutdown', 'draining');

    const expected = how === 'spin' ? token.cause?.toJSON() : '"looked-at" was cancelled: shutdown: draining';
    expect(await left).toEqual(expected);
  });

  test('sees a cancel of what its token derives from', async () => {
    const token = await sharedAs('above', worker);
    await worker.run.child('below', 'above');
    const left = worker.run.spin('below');

    token.cancel('shutdown', 'draining');

    expect(await left).toMatchObject({ reason: 'parent', parent: token.cause?.toJSON() });
  });
});
