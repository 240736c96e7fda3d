import { describe, expect, test } from 'vitest';
import { CancellationToken, InvalidArgumentError } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('T5: late registration', () => {
  test('runs a listener of a cancelled token at once, synchronously, once', () => {
    const token = new CancellationToken();
    token.cancel('timeout');
    const heard: unknown[] = [];

    const registration = token.onCancel((cause) => heard.push(cause));

    expect(heard).toEqual([token.cause]);
    expect(registration.dispose()).toBe(false);
  });

  test('runs a listener at once when it is added from inside a listener', () => {
    const token = new CancellationToken();
    const order: string[] = [];
    token.onCancel(() => {
      token.onCancel(() => order.push('added'));
      order.push('after adding');
    });
    token.onCancel(() => order.push('second'));

    token.cancel();

    expect(order).toEqual(['added', 'after adding', 'second']);
  });

  test('runs a listener at once when its token is marked but not yet notified', () => {
    const outer = new CancellationToken();
    const inner = outer.child();
    const order: string[] = [];
    inner.onCancel(() => order.push('registered before'));
    outer.onCancel(() => {
      inner.onCancel(() => order.push('registered while marked'));
    });

    outer.cancel();

    expect(order).toEqual(['registered while marked', 'registered before']);
  });

  test('never runs a listener added to a disposed token', () => {
    const token = new CancellationToken();
    token.dispose();
    const heard: unknown[] = [];

    const registration = token.onCancel((cause) => heard.push(cause));
    token.cancel();

    expect(heard).toEqual([]);
    expect(registration.dispose()).toBe(false);
  });

  test('refuses a listener that is no function', () => {
    const token = new CancellationToken();

    expect(() => token.onCancel('log' as never)).toThrow(InvalidArgumentError);
  });
});
