import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  CANCELLATION_REASONS,
  CancellationToken,
  CancelledError,
  type CancellationReason,
  isExpectedCancel,
  taskGroup,
} from '../../src/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

const REPORTED: ReadonlySet<CancellationReason> = new Set(['timeout', 'deadline', 'parent', 'condition', 'error']);

/** The error of a token cancelled for `reason`. */
function cancelled(reason: CancellationReason): Error {
  const token = new CancellationToken();
  token.cancel(reason);
  return token.signal.reason as Error;
}

/** The error of a token cancelled through another one, `reason` being the other one's. */
function cancelledThrough(reason: CancellationReason): Error {
  const token = new CancellationToken();
  const inner = token.child();
  token.cancel(reason);
  return inner.signal.reason as Error;
}

/** What platform waits reject with: an AbortError with the signal's reason for a cause. */
const aborted = (cause: unknown): Error =>
  Object.assign(new Error('The operation was aborted', { cause }), { name: 'AbortError' });

const wrapped = (error: unknown, times = 1): unknown =>
  times === 0 ? error : wrapped(new Error('could not load', { cause: error }), times - 1);

describe('E5: the root says whether a cancel is expected', () => {
  test.each(CANCELLATION_REASONS.map((reason) => [reason, !REPORTED.has(reason)] as const))(
    'cancelled for %s: %s',
    (reason, expected) => {
      expect(isExpectedCancel(cancelled(reason))).toBe(expected);
      expect(isExpectedCancel(cancelledThrough(reason))).toBe(expected);
    },
  );

  test('the failure of a group is reported, and the cancels it made are not', async () => {
    const cancels: unknown[] = [];
    const failure = await caught(
      taskGroup('both', async (group) => {
        group.spawn('other', (scope) => scope.race(new Promise(() => {})).catch((error) => void cancels.push(error)));
        group.spawn('broken', () => Promise.reject(new Error('broken')));
      }),
    );

    expect(isExpectedCancel(failure)).toBe(false);
    expect(cancels.map(isExpectedCancel)).toEqual([true]);
  });

  test.each<[what: string, error: unknown, expected: boolean]>([
    ['a plain abort of the platform', AbortSignal.abort().reason, true],
    ['a time limit of the platform', new DOMException('too slow', 'TimeoutError'), false],
    ['an AbortError around a time limit', aborted(new DOMException('', 'TimeoutError')), false],
    ['an AbortError around an expected cancel', aborted(cancelled('manual')), true],
    ['an AbortError around a timeout of ours', aborted(cancelled('timeout')), false],
    ['an error', new Error('broken'), false],
    ['nothing', undefined, false],
    ['null', null, false],
    ['a string', 'AbortError', false],
  ])('%s: %s', (_what, error, expected) => {
    expect(isExpectedCancel(error)).toBe(expected);
  });

  test('a wait of the platform that a signal ended goes by the signal', async () => {
    const wait = (signal: AbortSignal): Promise<unknown> => caught(sleep(1e6, undefined, { signal, ref: false }));
    const token = new CancellationToken();
    const waits = [wait(token.signal), wait(AbortSignal.timeout(1)), wait(AbortSignal.abort())];
    token.cancel();

    expect((await Promise.all(waits)).map(isExpectedCancel)).toEqual([true, false, true]);
  });
});

describe('E6: under wrappers', () => {
  test.each([1, 2, 10])('%i of them, the innermost says', (times) => {
    const errors = [cancelled('manual'), cancelled('timeout'), AbortSignal.abort().reason, new Error('broken')];

    expect(errors.map((error) => isExpectedCancel(wrapped(error, times)))).toEqual([true, false, true, false]);
  });

  test.each<[what: string, errors: unknown[], expected: boolean]>([
    ['cancels', [cancelled('manual'), wrapped(cancelled('disconnect')), AbortSignal.abort().reason], true],
    ['one that is no cancel', [cancelled('manual'), new Error('broken')], false],
    ['one time limit', [cancelled('timeout'), cancelled('manual')], false],
    ['aggregates of cancels', [new AggregateError([cancelled('manual')])], true],
    ['aggregates with one that is none', [new AggregateError([cancelled('manual'), 7])], false],
    ['nothing', [], false],
  ])('an AggregateError of %s: %s', (_what, errors, expected) => {
    expect(isExpectedCancel(new AggregateError(errors))).toBe(expected);
    expect(isExpectedCancel(wrapped(new AggregateError(errors)))).toBe(expected);
  });
});

describe('E7: in doubt it is reported', () => {
  const thrower = (): never => {
    throw new Error('hostile');
  };
  const cyclic = new Error('itself');
  cyclic.name = 'AbortError';
  cyclic.cause = cyclic;
  const nested = new AggregateError([]);
  nested.errors.push(nested, nested, nested);
  const endless = (): unknown => ({
    name: 'AbortError',
    errors: undefined,
    get cause() {
      return endless();
    },
  });
  const bushy = (): unknown => ({
    get errors() {
      return Array.from({ length: 10 }, bushy);
    },
  });

  test.each<[what: string, error: unknown]>([
    ['a cycle', cyclic],
    ['an aggregate of itself', nested],
    ['an endless chain', endless()],
    ['an endless tree', bushy()],
    ['a getter that throws', Object.defineProperty({ name: 'AbortError' }, 'cause', { get: thrower })],
    ['a proxy that refuses everything', new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower })],
    ['a CancelledError without a cause', Object.create(CancelledError.prototype)],
  ])('%s', (_what, error) => {
    expect(isExpectedCancel(error)).toBe(false);
  });
});
