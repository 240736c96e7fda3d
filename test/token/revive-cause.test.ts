import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CANCELLATION_REASONS, CancellationToken, captureCallSites, cancelScope, explain } from '../../src/index.ts';
import { type CancellationCause, reviveCause, systemClock } from '../../src/token/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

function causeOf(token: CancellationToken): CancellationCause {
  return token.cause as CancellationCause;
}

const CAUSES: readonly [string, () => CancellationCause | Promise<CancellationCause>][] = [
  ...CANCELLATION_REASONS.map((reason): [string, () => CancellationCause] => [
    `one of reason ${reason}`,
    () => {
      const token = new CancellationToken({ name: 'named' });
      token.cancel(reason, 'süß 取消 🛑');
      return causeOf(token);
    },
  ]),
  [
    'one without a message',
    () => {
      const token = new CancellationToken();
      token.cancel();
      return causeOf(token);
    },
  ],
  [
    'one of a deep chain',
    () => {
      const top = new CancellationToken({ name: 'top' });
      let token = top;
      for (let depth = 0; depth < 300; depth++) token = token.child({ name: `at ${depth}` });
      top.cancel('shutdown', 'draining');
      return causeOf(token);
    },
  ],
  [
    'one with a span and a call site',
    () => {
      captureCallSites(true);
      try {
        monitorInTest({ spanContext: () => ({ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 }) });
        const token = new CancellationToken();
        token.cancel('error');
        return causeOf(token);
      } finally {
        captureCallSites(false);
      }
    },
  ],
  [
    'one of triggers',
    async () => {
      const trigger = { name: 'inner', start: (cancel: (...why: never[]) => void) => cancel() };
      return (await caughtCancel(cancelScope('work', { triggers: [trigger] }, () => 0))).cause;
    },
  ],
  [
    'one of another clock',
    () => {
      const token = new CancellationToken({ clock: virtualClock({ now: 5_000 }) });
      token.cancel('timeout');
      return causeOf(token);
    },
  ],
];

describe('C3: a cause that went through text', () => {
  test.each(CAUSES)('says the same: %s', async (_what, make) => {
    const cause = await make();

    const revived = reviveCause(JSON.parse(JSON.stringify(cause)));

    expect(revived.toJSON()).toEqual(cause.toJSON());
    expect(revived.root.toJSON()).toEqual(cause.root.toJSON());
    expect(reviveCause(structuredClone(revived.toJSON())).toJSON()).toEqual(cause.toJSON());
  });

  test('counts on the clock of where it arrives, from the instant of its cancel', () => {
    const token = new CancellationToken();
    const before = systemClock.now();
    token.cancel();
    const after = systemClock.now();

    const revived = reviveCause(causeOf(token).toJSON());

    expect(revived.at).toBeGreaterThanOrEqual(before - 0.001);
    expect(revived.at).toBeLessThanOrEqual(after + 0.001);
    expect(revived.clock).toBe(systemClock);
  });

  test('reads the same to people', () => {
    const top = new CancellationToken({ name: 'top' });
    const token = top.child({ name: 'below' });
    top.cancel('disconnect', 'tab closed');

    const revived = reviveCause(causeOf(token).toJSON());

    expect(explain(revived)).toBe(explain(causeOf(token)));
  });

  test('cannot be changed', () => {
    const token = new CancellationToken();
    token.cancel('manual', 'as it was');
    const data = structuredClone({ ...causeOf(token).toJSON(), via: ['one'], spanContext: SPAN }) as Changeable;

    const revived = reviveCause(data);
    data.message = 'changed';
    data.via.push('two');
    data.origin.threadName = 'changed';
    data.spanContext.traceId = 'changed';

    expect(revived).toMatchObject({ message: 'as it was', via: ['one'], spanContext: SPAN });
    expect(revived.origin.threadName).toBe('main');
    expect([revived.via, revived.origin, revived.spanContext].map(Object.isFrozen)).toEqual([true, true, true]);
  });
});

const SPAN = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };

interface Changeable {
  message: string;
  via: string[];
  origin: { threadName: string };
  spanContext: { traceId: string };
}

describe('C6: data that is no cause', () => {
  test('of whatever kind becomes one, and reading all of it never throws', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    const nearly = fc.record(
      {
        reason: fc.oneof(fc.constantFrom(...CANCELLATION_REASONS), anything),
        message: anything,
        wallTime: anything,
        monotonicNs: fc.oneof(fc.bigInt().map(String), anything),
        origin: fc.oneof(fc.record({ pid: anything, threadId: anything, threadName: anything }), anything),
        token: fc.oneof(fc.record({ id: anything, name: anything }), anything),
        spanContext: fc.oneof(fc.record({ traceId: anything, spanId: anything, traceFlags: anything }), anything),
        via: fc.oneof(fc.array(anything), anything),
        callSite: anything,
        omitted: anything,
        parent: anything,
      },
      { requiredKeys: [] },
    );

    fc.assert(
      fc.property(fc.oneof(anything, nearly), (data) => {
        const cause = reviveCause(data);

        expect(CANCELLATION_REASONS).toContain(cause.reason);
        expect(cause.at).toBeLessThanOrEqual(systemClock.now());
        expect(explain(cause)).not.toBe('');
        expect(JSON.stringify(reviveCause(JSON.parse(JSON.stringify(cause))))).toBe(JSON.stringify(cause));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a message', Object.defineProperty({ reason: 'timeout' }, 'message', { get: refuse })],
    ['a parent', Object.defineProperty({ reason: 'timeout' }, 'parent', { get: refuse })],
    ['a reason', { reason: { toString: refuse } }],
    ['anything', new Proxy({}, { get: refuse })],
  ])('that refuses to be asked for %s becomes one', (_what, data) => {
    expect(CANCELLATION_REASONS).toContain(reviveCause(data).reason);
  });

  test('with a reason nobody knows is manual, and the message says what it was', () => {
    expect(reviveCause({ reason: 'evil' })).toMatchObject({ reason: 'manual', message: 'reason "evil"' });
    expect(reviveCause({ reason: 'evil', message: 'kept' })).toMatchObject({ reason: 'manual', message: 'kept' });
  });

  test('has names and messages no longer than here', () => {
    const long = 'x'.repeat(100_000);

    const cause = reviveCause({
      reason: 'manual',
      message: long,
      callSite: long,
      token: { id: long, name: long },
      origin: { threadName: long },
      via: [long],
    });

    expect(
      [cause.message, cause.token.name, cause.token.id, cause.origin.threadName].map((text) => text?.length),
    ).toEqual([4_096, 256, 256, 256]);
    expect([cause.callSite, cause.via?.[0]].map((text) => text?.length)).toEqual([8_192, 256]);
  });

  test('from the future happened now', () => {
    const inAnHour = String(process.hrtime.bigint() + 3_600n * 10n ** 9n);

    expect(reviveCause({ reason: 'timeout', monotonicNs: inAnHour }).at).toBeLessThanOrEqual(systemClock.now());
  });

  test('with a chain without end is cut', () => {
    const endless: Record<string, unknown> = { reason: 'parent' };
    endless['parent'] = endless;

    const cause = reviveCause(endless);

    let length = 1;
    for (let step = cause.parent; step !== undefined; step = step.parent) length++;
    expect(length).toBe(100);
  });
});

function refuse(): never {
  throw new Error('not to be read');
}
