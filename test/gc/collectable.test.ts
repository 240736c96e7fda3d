import { describe, expect, test } from 'vitest';
import {
  CancellationToken,
  type CancellationCause,
  type CancelledError,
  cancelScope,
  openScope,
  triggers,
} from '../../src/index.ts';
import { collected } from '../support/collected.ts';
import { record } from '../support/record.ts';

const weak = <T extends object>(target: T): WeakRef<T> => new WeakRef(target);

describe('T14: what nobody references is collectable', () => {
  test('a tree as a whole, with listeners, signals, promises and links inside', async () => {
    const refs = ((): WeakRef<object>[] => {
      const root = new CancellationToken();
      const children = [root.child(), root.child()];
      const linked = CancellationToken.any([...children, root]);
      linked.onCancel(() => children);
      void linked.whenCancelled();
      return [root, ...children, linked, linked.signal].map(weak);
    })();

    expect(await collected(...refs)).toEqual(refs.map(() => true));
  });

  test('a tree that was cancelled', async () => {
    const refs = ((): WeakRef<object>[] => {
      const root = new CancellationToken();
      const child = root.child();
      root.cancel();
      return [root, child, child.signal, child.cause as CancellationCause].map(weak);
    })();

    expect(await collected(...refs)).toEqual([true, true, true, true]);
  });

  test.each([
    ['disposed', (child: CancellationToken) => child.dispose()],
    ['cancelled', (child: CancellationToken) => child.cancel()],
  ])('a child that was %s, although its parent lives', async (_how, end) => {
    const parent = new CancellationToken();
    const ref = (() => {
      const child = parent.child();
      child.onCancel(() => undefined);
      end(child);
      return weak(child);
    })();

    expect(await collected(ref)).toEqual([true]);
    expect(parent.cancel()).toBe(true);
  });

  test('but no child of a live parent', async () => {
    const parent = new CancellationToken();
    let heard = 0;
    const ref = (() => {
      const child = parent.child();
      child.onCancel(() => heard++);
      return weak(child);
    })();

    expect(await collected(ref)).toEqual([false]);
    parent.cancel();
    expect(heard).toBe(1);
  });

  test.each([
    ['any', CancellationToken.any],
    ['all', CancellationToken.all],
  ] as const)('%s of a long-lived token and signal, once disposed', async (_name, combine) => {
    const source = new CancellationToken();
    const controller = new AbortController();
    const ref = (() => {
      const combined = combine([source, controller.signal]);
      combined.dispose();
      return weak(combined);
    })();

    expect(await collected(ref)).toEqual([true]);
    controller.abort();
    source.cancel();
  });

  test('a settled scope with all its options, although what it was given lives', async () => {
    const parent = openScope('parent');
    const token = new CancellationToken();
    const controller = new AbortController();
    const options = { parent, token, signal: controller.signal, timeoutMs: 60_000, graceMs: 60_000 };
    const refs = ((): WeakRef<object>[] => {
      const scope = openScope('child', { ...options, triggers: [triggers.token(token), triggers.timeout(60_000)] });
      scope.onCancel(() => undefined);
      scope.close();
      return [scope, scope.token].map(weak);
    })();

    expect(await collected(...refs)).toEqual([true, true]);
    controller.abort();
    token.cancel();
    parent.close();
  });

  test('a scope whose body ended, although a trigger it had may still fire', async () => {
    const never = new Promise(() => {});
    let ref: WeakRef<object> | undefined;
    await cancelScope('work', { triggers: [triggers.promise(never)] }, (scope) => {
      ref = weak(scope);
    });

    expect(await collected(ref as WeakRef<object>)).toEqual([true]);
    expect(never).toBeInstanceOf(Promise);
  });
});

describe('M4: who keeps a cause keeps no token', () => {
  test('a cause', async () => {
    const [cause, ref] = (() => {
      const token = new CancellationToken({ name: 'kept' });
      token.cancel('timeout');
      return [token.cause, weak(token)] as const;
    })();

    expect(await collected(ref)).toEqual([true]);
    expect(cause?.token.name).toBe('kept');
  });

  test('an error', async () => {
    const [error, ref] = (() => {
      const token = new CancellationToken();
      token.cancel('timeout');
      return [token.signal.reason as CancelledError, weak(token)] as const;
    })();

    expect(await collected(ref)).toEqual([true]);
    expect(error.reason).toBe('timeout');
  });

  test('all events of a scope', async () => {
    const recorded = record();
    const refs = await (async () => {
      const scope = openScope('work', { timeoutMs: 60_000 });
      scope.cancel('manual');
      scope.close();
      return [scope, scope.token].map(weak);
    })();

    expect(await collected(...refs)).toEqual([true, true]);
    expect(recorded.sequence('work')).toContain('scopeSettled');
  });
});
