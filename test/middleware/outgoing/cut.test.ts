import { describe, expect, test } from 'vitest';
import { CancellationToken, CancelledError, openScope } from '../../../src/index.ts';
import { cancelByCaller, reasonOf, reportCut } from '../../../src/middleware/outgoing/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';

guardLeaks();

describe('what a cancelled call rejects with (C12)', () => {
  test('is the cancel of its scope', () => {
    const token = new CancellationToken({ name: 'call' });
    token.cancel('superseded');

    expect(reasonOf(token, new AbortController().signal)).toBeInstanceOf(CancelledError);
  });

  test.each([[new Error('enough')], ['text'], [null], [{ code: 1 }]])(
    "is the caller's reason, if that aborted: %o",
    (reason) => {
      const token = new CancellationToken({ name: 'call' });
      token.cancel();

      expect(reasonOf(token, AbortSignal.abort(reason))).toBe(reason);
    },
  );
});

test('a call that was cut is an edge over the network (C13)', () => {
  const recorded = record();

  reportCut('fetch:billing');

  expect(recorded.of('propagated')).toEqual([
    { source: 'fetch:billing', target: 'fetch:billing', boundary: 'network', result: 'delivered' },
  ]);
});

describe('a call that its caller gives up', () => {
  test.each([
    ['with an error', new Error('enough'), 'abort', 'enough'],
    ['with a timeout', new DOMException('too long', 'TimeoutError'), 'timeout', 'too long'],
    ['with nothing', undefined, 'abort', undefined],
    ['with what is no error', { name: 'TimeoutError' }, 'abort', undefined],
  ])('%s says so', (_, given, reason, message) => {
    const scope = openScope('call');

    cancelByCaller(scope, given);
    scope.close();

    expect([scope.cause?.reason, scope.cause?.message, scope.cause?.via]).toEqual([reason, message, ['caller']]);
  });

  test('with a cancel derives from that', () => {
    const token = new CancellationToken({ name: 'outer' });
    token.cancel('shutdown');
    const scope = openScope('call');

    cancelByCaller(scope, new Error('wrapped', { cause: token.signal.reason }));
    scope.close();

    expect(scope.cause?.root).toBe(token.cause);
  });
});
