import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, describe, expect, test } from 'vitest';
import { shareToken } from '../../../src/backends/thread/index.ts';
import { cancelScope, isCancelled, systemClock } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { caughtCancel } from '../../support/caught.ts';
import { gate } from '../../support/gate.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { record } from '../../support/record.ts';
import { startThread } from '../../support/thread-agent.ts';
import { blockUntilCancelled, cancelAt, sharedAs } from './partner.ts';

guardLeaks();
guardUnhandled();

const worker = startThread();
afterAll(() => worker.stop());

describe('listeners', () => {
  test('run on their own thread, outer before inner, each once (T3)', async () => {
    const token = await sharedAs('outer', worker);
    const order: string[] = [];
    token.child().onCancel(() => order.push('inner'));
    token.onCancel(() => order.push('outer'));
    await worker.run.child('inner', 'outer');
    for (const name of ['inner', 'outer', 'inner']) await worker.run.listen(name);

    await worker.run.cancel('outer');
    await token.whenCancelled();

    expect(order).toEqual(['outer', 'inner']);
    expect(await worker.run.heard()).toEqual(['outer', 'inner', 'inner']);
  });

  test('of the canceller’s thread have run when cancel returns; of the others, none on its stack (F3)', async () => {
    const token = await sharedAs('far', worker);
    const order: string[] = [];
    token.onCancel(() => order.push('here'));
    await worker.run.listen('far');
    const heard = worker.run.whenCancelled('far');

    token.cancel();
    order.push('returned');
    await heard;

    expect(order).toEqual(['here', 'returned']);
    expect(await worker.run.heard()).toEqual(['far']);
  });

  test('do not run on the stack of whoever looks (F3)', async () => {
    const token = await sharedAs('looked-at', worker);
    const order: string[] = [];
    token.onCancel(() => order.push('listener'));
    const go = gate();
    cancelAt(go, worker, 'looked-at', 'look');

    blockUntilCancelled(go);
    order.push(String(token.isCancelled), 'looked');
    await loopTurn();

    expect(order).toEqual(['true', 'looked', 'listener']);
  });

  test('registered after the cancel of another thread run at once, once (T5)', async () => {
    const token = await sharedAs('late', worker);
    const go = gate();
    cancelAt(go, worker, 'late', 'too late');
    const order: string[] = [];

    blockUntilCancelled(go);
    token.onCancel(({ message }) => order.push(message ?? ''));
    order.push('registered');
    await loopTurn();

    expect(order).toEqual(['too late', 'registered']);
  });

  test('run when nobody looks: the event loop wakes for it', async () => {
    const token = await sharedAs('woken', worker);
    let heard = 0;
    token.onCancel(() => heard++);

    const signalled = new Promise((resolve) => token.signal.addEventListener('abort', resolve));
    await worker.run.cancel('woken', 'timeout', 'wake up');
    await signalled;

    expect([heard, token.signal.aborted, isCancelled(token.signal.reason, 'timeout')]).toEqual([1, true, true]);
  });

  test('of several tokens run as they are cancelled, one after the other', async () => {
    const tokens = [await sharedAs('first', worker), await sharedAs('second', worker)] as const;
    const [first, second] = tokens.map((token) => token.whenCancelled());

    await worker.run.cancel('first', 'manual', 'one');
    const one = await first;
    await worker.run.cancel('second', 'manual', 'two');

    expect([one?.message, (await second)?.message]).toEqual(['one', 'two']);
  });

  test('run in the async context of whoever registered them (T6)', async () => {
    const store = new AsyncLocalStorage<string>();
    const token = await sharedAs('context', worker);
    const seen = new Promise<(string | undefined)[]>((resolve) => {
      store.run('registrant', () => token.onCancel(() => resolve([store.getStore()])));
    });

    await store.run('canceller', () => worker.run.cancel('context'));

    expect(await seen).toEqual(['registrant']);
  });

  test('that fail are reported where they run, and nowhere else (T4)', async () => {
    const recorded = record();
    const token = await sharedAs('fails', worker);
    token.onCancel(() => {
      throw new Error('listener failed');
    });
    let heard = 0;
    token.onCancel(() => heard++);

    expect(await worker.run.cancel('fails')).toBe(true);
    await token.whenCancelled();

    expect(heard).toBe(1);
    expect(recorded.of('listenerFailed')).toMatchObject([{ error: { message: 'listener failed' } }]);
  });
});

describe('a scope with a token of another thread', () => {
  test('is cancelled through it: boundary, source thread and phases say so', async () => {
    const recorded = record();
    const token = await sharedAs('scoped', worker);
    const before = systemClock.now();
    const work = caughtCancel(cancelScope('work', { token }, (scope) => scope.race(new Promise(() => {}))));

    await worker.run.cancel('scoped', 'timeout', 'over budget');
    const error = await work;

    expect([error.reason, error.cause.root.reason, error.cause.root.origin.threadId]).toEqual([
      'parent',
      'timeout',
      worker.worker.threadId,
    ]);
    expect(recorded.of('cancelDelivered')).toMatchObject([{ boundary: 'thread', sourceThread: 'worker' }]);
    const settled = recorded.of('scopeSettled')[0];
    const { requestedAt, deliveredAt, acknowledgedAt } = settled?.phases ?? {};
    const instants = [before, requestedAt, deliveredAt, acknowledgedAt, settled?.settledAt, systemClock.now()];
    expect(settled?.outcome).toBe('cancelled');
    expect(instants).toEqual(instants.toSorted((a, b) => Number(a) - Number(b)));
  });

  test('that never yields throws in its next check', async () => {
    const token = await sharedAs('busy', worker);
    const go = gate();
    cancelAt(go, worker, 'busy', 'stop now');

    const work = cancelScope('busy', { token }, (scope) => {
      blockUntilCancelled(go);
      scope.throwIfCancelled();
    });

    expect((await caughtCancel(work)).cause.root.message).toBe('stop now');
  });

  test('shared itself is cancelled from the other thread, with what is in it', async () => {
    const outcome = await caughtCancel(
      cancelScope('shared-scope', async (scope) => {
        await worker.run.attach('shared-scope', shareToken(scope.token));
        await worker.run.cancel('shared-scope', 'superseded', 'by a newer one');
        await cancelScope('inner', (inner) => inner.race(new Promise(() => {})));
      }),
    );

    expect(outcome.cause).toMatchObject({ reason: 'superseded', message: 'by a newer one' });
    expect((await worker.run.read('shared-scope')).cause).toEqual(outcome.cause.toJSON());
  });

  test('that ends with its own value leaves the token live for the others', async () => {
    const token = await sharedAs('outlives', worker);

    await cancelScope('work', { token }, () => 'done');

    expect(await worker.run.cancel('outlives')).toBe(true);
    expect(token.isCancelled).toBe(true);
  });
});

describe('a token below another, both shared', () => {
  test('has one cause on both threads when the other thread cancels it first, then the upper one', async () => {
    const upper = await sharedAs('upper', worker);
    const lower = upper.child({ name: 'lower' });
    await worker.run.attach('lower', shareToken(lower));
    const go = gate();
    void worker.run.pass(go);
    void worker.run.cancel('lower', 'superseded', 'the lower one first');
    void worker.run.cancel('upper', 'shutdown', 'then the upper one');
    void worker.run.open(go, 2);

    blockUntilCancelled(go);

    expect(readingOf(lower)).toEqual(await worker.run.read('lower'));
    expect(readingOf(upper)).toEqual(await worker.run.read('upper'));
    expect(lower.cause?.message).toBe('the lower one first');
  });

  test('is cancelled on the other thread by a cancel of the upper one there, as far as this one has seen it', async () => {
    const upper = await sharedAs('upper', worker);
    const lower = upper.child({ name: 'lower' });
    await worker.run.attach('lower', shareToken(lower));

    await worker.run.cancel('upper', 'shutdown');
    await lower.whenCancelled();

    expect(await worker.run.whenCancelled('lower')).toEqual(lower.cause?.toJSON());
    expect(lower.cause).toMatchObject({ reason: 'parent', root: { reason: 'shutdown' } });
  });
});
