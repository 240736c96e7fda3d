import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CancellationToken, CancelledError, isCancelled, openScope } from '../../src/index.ts';
import { fromWire, wireEvent, wireScope } from '../../src/instrumentation/event-wire.ts';
import { type CancellationCause, scopeInfo } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';

guardLeaks();
const openInTest = openerForTests();

/** What becomes of an event that another thread is told, whose clock began `shiftMs` before ours. */
function there(event: object, shiftMs = 0): Record<string, unknown> {
  return fromWire(structuredClone(wireEvent(event)), shiftMs);
}

function causeOf(token: CancellationToken): CancellationCause {
  return token.cause as CancellationCause;
}

describe('a scope, as data', () => {
  test('is all that monitors are told of it', () => {
    const outer = openInTest();
    const scope = openInTest({
      parent: outer,
      timeoutMs: 1_000,
      attributes: { tenant: 'acme', retries: 2, cold: true },
    });

    const sent = structuredClone(wireScope(scopeInfo(scope)));

    expect(sent).toEqual({
      id: scope.id,
      name: 'work',
      parentId: outer.id,
      parentName: 'work',
      openedAt: scope._openedAt,
      deadline: scope.deadline,
      attributes: { tenant: 'acme', retries: 2, cold: true },
      parentSpan: undefined,
    });
  });

  test('without a deadline has none there', () => {
    expect(structuredClone(wireScope(scopeInfo(openInTest()))).deadline).toBe(Infinity);
  });

  test.each([
    ['a function', () => {}],
    ['a symbol', Symbol('user')],
    ['an object that cannot be cloned', { socket: new WeakRef({}) }],
  ])('can be sent, whatever a program described it with: %s', (_what, value) => {
    const scope = openInTest({ attributes: { value, tenant: 'acme' } as never });

    expect(structuredClone(wireScope(scopeInfo(scope)))).toMatchObject({
      name: 'work',
      attributes: { tenant: 'acme' },
    });
  });
});

describe('V1: instants', () => {
  test('are moved to the other clock, those of the phases too', () => {
    const phases = { requestedAt: 10, deliveredAt: 11, acknowledgedAt: 12, mechanism: 'throw', depth: 2 };

    const event = there({ outcome: 'cancelled', settledAt: 20, phases }, 5_000);

    expect(event).toEqual({
      outcome: 'cancelled',
      settledAt: 5_020,
      phases: { ...phases, requestedAt: 5_010, deliveredAt: 5_011, acknowledgedAt: 5_012 },
    });
  });

  test('that are not there stay away', () => {
    const event = there({ requestedAt: undefined, phases: undefined, error: undefined, cause: undefined }, 5_000);

    expect(event).toEqual({ requestedAt: undefined, phases: undefined, error: undefined, cause: undefined });
  });

  test('are moved and nothing else: neither spans of time, nor counts, nor what a program says', () => {
    const event = { deferredMs: 7, targets: 3, depth: 1, progress: { doneAt: 9, at: 1 }, sourceThread: 'at' };

    expect(there(event, 5_000)).toEqual(event);
  });
});

describe('V2: causes', () => {
  test('come back as causes that say the same, with all they derive from', () => {
    const top = new CancellationToken({ name: 'top' });
    const token = top.child({ name: 'below' });
    top.cancel('shutdown', 'süß 取消 🛑');

    const { cause } = there({ cause: causeOf(token) }) as { cause: CancellationCause };

    expect(cause.toJSON()).toEqual(causeOf(token).toJSON());
    expect(cause.root).toMatchObject({ reason: 'shutdown', message: 'süß 取消 🛑', token: { name: 'top' } });
  });
});

class DeclinedError extends Error {}

describe('V2: errors', () => {
  test.each([
    ['an error', new Error('declined'), 'Error'],
    ['one of a class with a name', new TypeError('declined'), 'TypeError'],
    ['one of the platform', new DOMException('declined', 'DataCloneError'), 'DataCloneError'],
    ['one of a class that never set its name', new DeclinedError('declined'), 'DeclinedError'],
  ])('come back as errors of the same name and message: %s', (_what, error, name) => {
    const back = there({ error }).error;

    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({ name, message: 'declined' });
  });

  test('that are cancels come back as CancelledErrors with their cause', () => {
    const token = new CancellationToken({ name: 'elsewhere' });
    token.cancel('timeout');
    const error = new CancelledError(causeOf(token));

    const back = there({ error }).error;

    expect(isCancelled(back, 'timeout')).toBe(true);
    expect((back as CancelledError).cause.toJSON()).toEqual(error.cause.toJSON());
  });

  test.each([['text'], [404], [null], [{ status: 404, body: ['gone'] }], [[1, 2]]])(
    'that are none stay what was thrown: %j',
    (thrown) => {
      expect(there({ error: thrown }).error).toEqual(thrown);
    },
  );

  test.each([
    ['its name is a function', Object.assign(new Error('odd'), { name: () => {} })],
    ['its message is a symbol', Object.assign(new Error('odd'), { message: Symbol('odd') })],
    ['reading it throws', Object.defineProperty(new Error('odd'), 'message', { get: throwing })],
    ['it refuses everything', new Proxy(new Error('odd'), { get: throwing, getPrototypeOf: throwing })],
  ])('can be sent when %s', (_what, error) => {
    expect(() => there({ error })).not.toThrow();
  });
});

function throwing(): never {
  throw new Error('no');
}

describe('what a program reports', () => {
  test('arrives as it was', () => {
    const progress = { rows: 3n, of: new Map([['a', new Date(0)]]), part: [undefined, Number.NaN, -0] };

    expect(there({ progress })).toEqual({ progress });
  });

  test('and cannot be sent, says so in its place', () => {
    expect(there({ progress: { done: () => {} } }).progress).toBe('(a value that cannot be sent)');
  });

  test('can always be sent', () => {
    const odd = fc.constantFrom<unknown>(() => {}, Symbol('odd'), new WeakMap(), new Proxy({}, { ownKeys: throwing }));
    const value = fc.oneof(
      odd,
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    );

    fc.assert(
      fc.property(value, fc.oneof(value, fc.dictionary(fc.string(), odd)), (progress, error) => {
        there({ progress, error, atAll: error });
      }),
    );
  });
});

describe('events of the scopes of this thread', () => {
  test('are not changed by being sent', () => {
    const scope = openScope('work');
    scope.cancel();
    const event = { cause: causeOf(scope.token), error: new Error('once'), phases: { requestedAt: 1 } };
    const before = { ...event };

    wireEvent(event);
    scope.close();

    expect(event).toEqual(before);
    expect(event.cause).toBe(before.cause);
  });
});
