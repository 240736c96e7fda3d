import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { takeIn } from '../../src/token/index.ts';
import { foreign } from '../support/foreign-cause.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { loopTurn } from '../support/process-errors.ts';
import { record } from '../support/record.ts';

guardLeaks();
guardUnhandled();

/** As promised of every `await` in a program that waits for nothing else. */
const microtasks = (): Promise<void> => Promise.resolve();

describe('T2: all that derives from it reads cancelled when it has been taken in', () => {
  test('children of children, any, all, and scopes', () => {
    const token = new CancellationToken();
    const signal = new AbortController().signal;
    const scope = openScope('given', { token, detached: true });
    const derived = {
      child: token.child(),
      grandchild: token.child().child(),
      any: CancellationToken.any([new CancellationToken(), token]),
      all: CancellationToken.all([token, token.child()]),
      throughSignal: CancellationToken.any([signal, token.signal]),
      scope,
      inScope: scope.token.child(),
    };

    takeIn([[token, foreign('timeout')]]);

    for (const [name, { isCancelled, cause }] of Object.entries(derived)) {
      expect([name, isCancelled, cause?.reason, cause?.root.reason]).toEqual([name, true, 'parent', 'timeout']);
    }
    scope.close();
  });

  test('a chain of 100,000', () => {
    const top = new CancellationToken();
    let bottom = top;
    for (let depth = 0; depth < 100_000; depth++) bottom = bottom.child();

    takeIn([[top, foreign('shutdown')]]);

    expect(bottom.cause?.root.reason).toBe('shutdown');
  });

  test('before any listener has run', async () => {
    const outer = new CancellationToken();
    const inner = outer.child();
    const read: boolean[] = [];
    outer.onCancel(() => read.push(inner.isCancelled));

    takeIn([[outer, foreign()]]);
    await microtasks();

    expect(read).toEqual([true]);
  });

  test('not what it derives from, nor what stands beside it', () => {
    const parent = new CancellationToken();
    const [token, sibling] = [parent.child(), parent.child()];

    takeIn([[token, foreign()]]);

    expect([parent, token, sibling].map(({ isCancelled }) => isCancelled)).toEqual([false, true, false]);
    parent.cancel();
  });
});

describe('T1: what was decided elsewhere', () => {
  test('stands as it is: the same cause, with nothing of this thread in it', () => {
    const token = new CancellationToken();
    const cause = foreign('error', 'no such table');

    takeIn([[token, cause]]);

    expect(token.cause).toBe(cause);
    expect(token.cancel('manual')).toBe(false);
    expect(token.cause).toBe(cause);
  });

  test('changes nothing on a token that is cancelled or disposed', async () => {
    const [cancelled, disposed] = [new CancellationToken(), new CancellationToken()];
    cancelled.cancel('timeout');
    let heard = 0;
    disposed.onCancel(() => heard++);
    disposed.dispose();

    takeIn([
      [cancelled, foreign()],
      [disposed, foreign()],
    ]);
    await microtasks();

    expect([cancelled.cause?.reason, disposed.isCancelled, heard]).toEqual(['timeout', false, 0]);
  });

  test('for a token and one below it is kept for each, however they are ordered', () => {
    for (const outerFirst of [true, false]) {
      const outer = new CancellationToken();
      const inner = outer.child();
      const linked = CancellationToken.any([inner]);
      const pairs = [
        [outer, foreign('shutdown', 'outer')],
        [inner, foreign('timeout', 'inner')],
        [linked, foreign('error', 'linked')],
      ] as const;

      takeIn(outerFirst ? pairs : pairs.toReversed());

      const messages = [outer, inner, linked].map(({ cause }) => cause?.message);
      expect(messages).toEqual(['outer', 'inner', 'linked']);
    }
  });
});

describe('F3: listeners run in a microtask of their own', () => {
  test('so whoever takes the cancel in has none of them on its stack', async () => {
    const token = new CancellationToken();
    const order: string[] = [];
    token.onCancel(() => order.push('listener'));
    token.child().onCancel(() => order.push("the child's"));
    token.signal.addEventListener('abort', () => order.push("the signal's"));

    takeIn([[token, foreign()]]);
    order.push('looker');
    await microtasks();

    expect(order).toEqual(['looker', 'listener', "the signal's", "the child's"]);
  });

  test('and scopes have been told by then', () => {
    const recorded = record();
    const token = new CancellationToken();
    const scope = openScope('work', { token, detached: true });

    takeIn([[token, foreign('timeout')]]);

    expect([scope.state, scope.cause?.root.reason]).toEqual(['cancelling', 'timeout']);
    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'cancelDelivered']);
    expect(recorded.of('cancelDelivered')).toMatchObject([{ boundary: 'thread', sourceThread: 'elsewhere' }]);
    scope.close();
  });

  test('outer before inner, in the order of registration, each once (T3)', async () => {
    const outer = new CancellationToken();
    const inner = outer.child();
    const linked = CancellationToken.any([outer]);
    const order: string[] = [];
    linked.onCancel(() => order.push('linked'));
    inner.onCancel(() => order.push('inner 1'));
    outer.onCancel(() => order.push('outer 1'));
    inner.onCancel(() => order.push('inner 2'));
    outer.onCancel(() => order.push('outer 2'));

    takeIn([[outer, foreign()]]);
    takeIn([[outer, foreign()]]);
    await loopTurn();

    expect(order).toEqual(['outer 1', 'outer 2', 'inner 1', 'inner 2', 'linked']);
  });

  test('outer before inner also of tokens taken in together, the inner one first (T3)', async () => {
    const outer = new CancellationToken();
    const inner = outer.child();
    const order: string[] = [];
    inner.onCancel(() => order.push('inner'));
    outer.onCancel(() => order.push('outer'));

    takeIn([
      [inner, foreign()],
      [outer, foreign()],
    ]);
    await microtasks();

    expect(order).toEqual(['outer', 'inner']);
  });

  test('one registered in between runs at once, once (T5)', async () => {
    const token = new CancellationToken();
    const order: string[] = [];
    token.onCancel(() => order.push('early'));
    takeIn([[token, foreign()]]);

    token.onCancel(() => order.push('late'));
    order.push('registered');
    await loopTurn();

    expect(order).toEqual(['late', 'registered', 'early']);
  });

  test('one taken off in between never runs, and is told that it was in time (T7)', async () => {
    const token = new CancellationToken();
    let heard = 0;
    const registration = token.onCancel(() => heard++);
    takeIn([[token, foreign()]]);

    const inTime = registration.dispose();
    await loopTurn();

    expect([inTime, heard, registration.dispose()]).toEqual([true, 0, false]);
  });

  test('one that fails is reported, and stops nobody (T4)', async () => {
    const recorded = record();
    const token = new CancellationToken();
    const others = new CancellationToken();
    let heard = 0;
    token.onCancel(() => {
      throw new Error('listener failed');
    });
    token.onCancel(() => heard++);
    others.onCancel(() => heard++);

    takeIn([[token, foreign()]]);
    takeIn([[others, foreign()]]);
    await loopTurn();

    expect(heard).toBe(2);
    expect(recorded.of('listenerFailed')).toMatchObject([{ error: { message: 'listener failed' } }]);
  });

  test('in the async context of whoever registered them (T6)', async () => {
    const store = new AsyncLocalStorage<string>();
    const token = new CancellationToken();
    const seen: (string | undefined)[] = [];
    store.run('registrant', () => token.onCancel(() => seen.push(store.getStore())));
    void store.run('registrant', () => token.whenCancelled().then(() => seen.push(store.getStore())));

    store.run('looker', () => takeIn([[token, foreign()]]));
    await loopTurn();

    expect(seen).toEqual(['registrant', 'registrant']);
  });

  test('a listener that takes in a further cancel has its listeners run too', async () => {
    const tokens = [new CancellationToken(), new CancellationToken()] as const;
    const order: string[] = [];
    tokens[0].onCancel(() => takeIn([[tokens[1], foreign()]]));
    for (const [index, token] of tokens.entries()) token.onCancel(() => order.push(`listener ${index}`));

    takeIn([[tokens[0], foreign()]]);
    await loopTurn();

    expect(order).toEqual(['listener 0', 'listener 1']);
  });
});
