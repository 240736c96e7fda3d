import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest, record } from '../support/record.ts';

guardLeaks();

describe('T1: live → cancelled, at most once', () => {
  test('tells the first canceller that it won, and every later one that it did not', () => {
    const token = new CancellationToken();

    const answers = [token.cancel(), token.cancel(), token.cancel('shutdown')];

    expect(answers).toEqual([true, false, false]);
  });

  test('is cancelled when cancel returns, not a turn later', () => {
    const token = new CancellationToken();
    const before = token.isCancelled;

    token.cancel();

    expect([before, token.isCancelled]).toEqual([false, true]);
  });

  test('lets one of two cancels win when a listener cancels again', () => {
    const token = new CancellationToken();
    const inner: boolean[] = [];
    token.onCancel(() => inner.push(token.cancel('shutdown')));

    const outer = token.cancel('superseded');

    expect([outer, ...inner]).toEqual([true, false]);
    expect(token.cause?.reason).toBe('superseded');
  });

  test('lets the inner cancel win when reading the message cancels', () => {
    const token = new CancellationToken();
    let inner: boolean | undefined;
    const message = {
      toString() {
        inner = token.cancel('timeout');
        return 'too late';
      },
    };

    const outer = token.cancel('shutdown', message as never);

    expect([outer, inner]).toEqual([false, true]);
    expect(token.cause?.reason).toBe('timeout');
  });

  test('lets the inner cancel win when a monitor that is asked for the span cancels', () => {
    const token = new CancellationToken();
    let inner: boolean | undefined;
    monitorInTest({ spanContext: () => void (inner ??= token.cancel('timeout')) });

    const outer = token.cancel('shutdown');

    expect([outer, inner]).toEqual([false, true]);
    expect(token.cause?.reason).toBe('timeout');
  });
});

describe('C2: later attempts change nothing; they are counted', () => {
  test('keeps the first reason when cancelled twice', () => {
    const token = new CancellationToken();
    token.cancel('disconnect', 'client left');
    const first = token.cause;

    token.cancel('shutdown', 'draining');

    expect(token.cause).toBe(first);
    expect(token.cause).toMatchObject({ reason: 'disconnect', message: 'client left' });
  });

  test('counts a second cancel as redundant', () => {
    const token = new CancellationToken();
    const recorded = record();

    token.cancel('timeout');
    token.cancel('shutdown');

    expect(recorded.of('cancelRequested').map(({ reason, result }) => [reason, result])).toEqual([
      ['timeout', 'accepted'],
      ['shutdown', 'redundant'],
    ]);
  });

  test('counts a cancel of a disposed token as late', () => {
    const token = new CancellationToken();
    const recorded = record();
    token.dispose();

    const won = token.cancel();

    expect(won).toBe(false);
    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['late']);
  });

  test('counts a cancel of a settled scope as late, and of a cancelled open one as redundant', () => {
    const completed = openScope('completed');
    completed.close();
    const cancelling = openScope('cancelling');
    cancelling.cancel();
    const recorded = record();

    completed.cancel();
    cancelling.cancel();
    cancelling.close();
    cancelling.cancel();

    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['late', 'redundant', 'late']);
  });
});

describe('T8: reading is synchronous', () => {
  test('reads cancelled within the same synchronous loop', () => {
    const token = new CancellationToken();
    let turns = 0;

    while (!token.isCancelled) if (++turns === 3) token.cancel();

    expect(turns).toBe(3);
  });

  test('throws the CancelledError of its cause, and nothing before', () => {
    const token = new CancellationToken();
    const before = token.throwIfCancelled();

    token.cancel('shutdown');

    expect(before).toBeUndefined();
    expect(() => token.throwIfCancelled()).toThrow(expect.objectContaining({ reason: 'shutdown', cause: token.cause }));
  });

  test('has no cause while it is live', () => {
    const token = new CancellationToken();

    expect(token.cause).toBeUndefined();
    expect(token.isCancelled).toBe(false);
  });
});
