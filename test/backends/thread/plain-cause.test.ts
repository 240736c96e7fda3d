import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlain, readPlain, writePlain } from '../../../src/backends/thread/plain-cause.ts';
import { RECORD_WORDS } from '../../../src/backends/thread/layout.ts';
import { CANCELLATION_REASONS, type CancellationCause, CancellationToken } from '../../../src/index.ts';

/** The cause of a token cancelled so. */
function causeOf(reason: CancellationCause['reason'], message?: string): CancellationCause {
  const token = new CancellationToken({ name: 'load-report' });
  token.cancel(reason, message);
  return token.cause as CancellationCause;
}

function arriving(cause: CancellationCause): CancellationCause {
  const words = new Int32Array(new SharedArrayBuffer(4 * RECORD_WORDS));
  writePlain(words, 0, cause, cause.wallTime, cause.monotonicNs);
  return readPlain(words, 0, cause.token);
}

describe('Y1: a plain cause', () => {
  test('arrives as it was, whatever its reason and message (C3)', () => {
    const message = fc.option(fc.string({ unit: 'binary-ascii', maxLength: 120 }), { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom(...CANCELLATION_REASONS), message, (reason, text) => {
        const cause = causeOf(reason, text);

        expect(isPlain(cause)).toBe(true);
        expect(arriving(cause).toJSON()).toEqual(cause.toJSON());
      }),
    );
  });

  test.each(['é', '🛑', 'x'.repeat(121)])('is not one whose message is %j', (message) => {
    expect(isPlain(causeOf('manual', message))).toBe(false);
  });

  test('is not one that derives from another', () => {
    const token = new CancellationToken();
    const child = token.child();
    token.cancel();

    expect(isPlain(child.cause as CancellationCause)).toBe(false);
  });

  test('is not one that came from elsewhere: it may name another token (Y2)', () => {
    expect(isPlain(arriving(causeOf('manual')))).toBe(false);
  });
});
