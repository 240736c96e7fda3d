import { describe, expect, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('T3: registration order, exactly once', () => {
  test('runs listeners in the order they were registered', () => {
    const token = new CancellationToken();
    const order: number[] = [];
    for (let index = 0; index < 5; index++) token.onCancel(() => order.push(index));

    token.cancel();

    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  test('keeps the order when some are taken off from the front, the middle and the end', () => {
    const token = new CancellationToken();
    const order: number[] = [];
    const registrations = [0, 1, 2, 3, 4, 5].map((index) => token.onCancel(() => order.push(index)));
    for (const index of [0, 3, 5]) registrations[index]?.dispose();
    token.onCancel(() => order.push(6));

    token.cancel();

    expect(order).toEqual([1, 2, 4, 6]);
  });

  test('runs a listener once, however often the token is cancelled', () => {
    const token = new CancellationToken();
    let heard = 0;
    token.onCancel(() => {
      heard++;
      token.cancel();
    });

    token.cancel();
    token.cancel();

    expect(heard).toBe(1);
  });

  test('runs one function as often as it was registered', () => {
    const token = new CancellationToken();
    let heard = 0;
    const listener = (): void => void heard++;
    token.onCancel(listener);
    token.onCancel(listener);

    token.cancel();

    expect(heard).toBe(2);
  });

  test('hands every listener the one cause', () => {
    const token = new CancellationToken();
    const causes: unknown[] = [];
    token.onCancel((cause) => causes.push(cause));
    token.onCancel((cause) => causes.push(cause));

    token.cancel();

    expect(causes).toEqual([token.cause, token.cause]);
    expect(causes[0]).toBe(causes[1]);
  });
});

describe('T7: dispose says whether it won the race', () => {
  test('is true in time, and then the listener never runs; again is false', () => {
    const token = new CancellationToken();
    let heard = 0;
    const registration = token.onCancel(() => heard++);

    const answers = [registration.dispose(), registration.dispose()];
    token.cancel();

    expect(answers).toEqual([true, false]);
    expect(heard).toBe(0);
  });

  test('is false after the listener ran', () => {
    const token = new CancellationToken();
    const registration = token.onCancel(() => undefined);
    token.cancel();

    expect(registration.dispose()).toBe(false);
  });

  test('is false inside the listener itself', () => {
    const token = new CancellationToken();
    let answer: boolean | undefined;
    const registration = token.onCancel(() => (answer = registration.dispose()));

    token.cancel();

    expect(answer).toBe(false);
  });

  test('is true for one that an earlier listener takes off, which then never runs', () => {
    const token = new CancellationToken();
    const order: string[] = [];
    const answers: boolean[] = [];
    token.onCancel(() => answers.push(second.dispose(), last.dispose()));
    const second = token.onCancel(() => order.push('second'));
    token.onCancel(() => order.push('third'));
    const last = token.onCancel(() => order.push('last'));

    token.cancel();

    expect(answers).toEqual([true, true]);
    expect(order).toEqual(['third']);
  });

  test('is false once the token is disposed', () => {
    const token = new CancellationToken();
    const registration = token.onCancel(() => undefined);
    token.dispose();

    expect(registration.dispose()).toBe(false);
  });

  test('takes the listener off at the end of a block', () => {
    const token = new CancellationToken();
    let heard = 0;
    {
      using _registration = token.onCancel(() => heard++);
    }

    token.cancel();

    expect(heard).toBe(0);
  });
});
