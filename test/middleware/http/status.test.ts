import { describe, expect, test } from 'vitest';
import { CANCELLATION_REASONS, type CancellationCause, CancellationToken, isCancelled } from '../../../src/index.ts';
import { requestCancelled } from '../../../src/middleware/http/status.ts';

const OWN = { clientDeadline: false, httpVersion: 1 };

function causeOf(reason: CancellationCause['reason']): CancellationCause {
  const token = new CancellationToken();
  token.cancel(reason);
  return token.cause as CancellationCause;
}

describe('H6: what a cancel is to the client', () => {
  test('by reason', () => {
    const statuses = CANCELLATION_REASONS.map((reason) => [
      reason,
      requestCancelled(causeOf(reason), OWN, undefined).status,
    ]);

    expect(Object.fromEntries(statuses)).toEqual({
      abort: 503,
      condition: 503,
      deadline: 504,
      disconnect: 499,
      error: 500,
      manual: 503,
      parent: 503,
      shutdown: 503,
      sibling: 500,
      signal: 503,
      superseded: 503,
      timeout: 504,
    });
  });

  test('408 for the client’s own deadline, 504 for one further out', () => {
    const cause = causeOf('deadline');
    const outer = new CancellationToken();
    const inner = outer.child();
    outer.cancel('deadline');

    expect(requestCancelled(cause, { ...OWN, clientDeadline: true }, undefined).status).toBe(408);
    expect(requestCancelled(inner.cause as CancellationCause, { ...OWN, clientDeadline: true }, undefined).status).toBe(
      504,
    );
  });

  test('a shutdown also says when to come again, and closes a connection of HTTP/1', () => {
    const cause = causeOf('shutdown');

    expect(requestCancelled(cause, OWN, undefined).headers).toEqual({ 'retry-after': '1', connection: 'close' });
    expect(requestCancelled(cause, { ...OWN, httpVersion: 2 }, undefined).headers).toEqual({ 'retry-after': '1' });
  });

  test('is the service’s to decide, as long as it is an error’s status', () => {
    const cause = causeOf('timeout');
    const throwing = (): number => {
      throw new Error('bad policy');
    };

    expect(requestCancelled(cause, OWN, () => 503).status).toBe(503);
    expect(requestCancelled(cause, OWN, () => undefined).status).toBe(504);
    for (const wrong of [() => 200, () => Number.NaN, () => 5_000, throwing]) {
      expect(requestCancelled(cause, OWN, wrong).status).toBe(504);
    }
  });

  test('is an error that frameworks know how to answer, and still the cancel', () => {
    const error = requestCancelled(causeOf('timeout'), OWN, undefined);

    expect(error).toMatchObject({ status: 504, statusCode: 504, expose: false, name: 'AbortError' });
    expect(isCancelled(error, 'timeout')).toBe(true);
  });
});
