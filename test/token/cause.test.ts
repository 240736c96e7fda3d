import { inspect } from 'node:util';
import { threadId } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type CancellationCause,
  type CancellationCauseData,
  CancellationToken,
  captureCallSites,
} from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

/** The cause of a cancelled token. */
function causeOf(token: CancellationToken): CancellationCause {
  if (token.cause === undefined) throw new Error('not cancelled');
  return token.cause;
}

describe('C1: one immutable record', () => {
  test('tells who, why, when and from where', () => {
    const clock = virtualClock({ now: 1_500, wallTime: Date.UTC(2031, 0, 1) });
    const token = new CancellationToken({ name: 'import', clock });

    token.cancel('superseded', 'newer upload');

    expect(causeOf(token)).toMatchObject({
      reason: 'superseded',
      message: 'newer upload',
      wallTime: Date.UTC(2031, 0, 1),
      monotonicNs: 1_500_000_000n,
      origin: { pid: process.pid, threadId, threadName: expect.any(String) },
      token: { id: token.id, name: 'import' },
      spanContext: undefined,
      via: undefined,
      parent: undefined,
    });
  });

  test('is fixed at the instant of the cancel, not when it is looked at', async () => {
    const clock = virtualClock({ wallTime: 1_000 });
    const root = new CancellationToken({ clock });
    const child = root.child();

    root.cancel();
    await clock.advance(60_000);

    expect([causeOf(root).wallTime, causeOf(child).wallTime]).toEqual([1_000, 1_000]);
    expect(causeOf(child).monotonicNs).toBe(0n);
  });

  test('is the same record at every look', () => {
    const root = new CancellationToken();
    const child = root.child();
    root.cancel();

    const looks = [child.cause, child.cause, child.readonly().cause];

    expect(new Set(looks).size).toBe(1);
  });

  test.each(['reason', 'message', 'wallTime', 'parent', 'root', 'token', 'origin', 'via'] as const)(
    'refuses to have its %s set',
    (field) => {
      const token = new CancellationToken();
      token.cancel('timeout', 'first');
      const cause = causeOf(token);
      const before = cause.toJSON();

      expect(() => Object.assign(cause, { [field]: 'forged' })).toThrow(TypeError);
      expect(cause.toJSON()).toEqual(before);
    },
  );

  test('has parts that cannot be changed either', () => {
    const token = new CancellationToken({ name: 'kept' });
    token.cancel();
    const cause = causeOf(token);

    expect(() => Object.assign(cause.token, { name: 'forged' })).toThrow(TypeError);
    expect(() => Object.assign(cause.origin, { pid: 1 })).toThrow(TypeError);
    expect(cause.token.name).toBe('kept');
  });

  test('derives from the cause above it, step by step up to the root', () => {
    const top = new CancellationToken({ name: 'top' });
    const middle = top.child({ name: 'middle' });
    const leaf = middle.child({ name: 'leaf' });

    top.cancel('disconnect');

    expect(causeOf(leaf)).toMatchObject({ reason: 'parent', token: { name: 'leaf' } });
    expect(causeOf(leaf).parent).toBe(middle.cause);
    expect(causeOf(leaf).parent?.parent).toBe(top.cause);
    expect(causeOf(leaf).root).toBe(top.cause);
  });

  test('is its own root when it derives from none', () => {
    const token = new CancellationToken();
    token.cancel();

    expect(causeOf(token).root).toBe(token.cause);
  });

  test("has the canceller's span when a monitor knows one", () => {
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
    monitorInTest({ spanContext: () => spanContext });
    const token = new CancellationToken();

    token.cancel();

    expect(causeOf(token).spanContext).toEqual(spanContext);
  });

  test('takes no message unless given one', () => {
    const token = new CancellationToken();

    token.cancel('timeout');

    expect(causeOf(token).message).toBeUndefined();
  });
});

describe('C3: a cause as data', () => {
  test('survives JSON and structured clone with its whole chain', () => {
    const top = new CancellationToken({ name: 'top' });
    const leaf = top.child({ name: 'leaf' });
    top.cancel('signal', 'received SIGTERM');

    const data = causeOf(leaf).toJSON();

    expect(JSON.parse(JSON.stringify(leaf.cause))).toEqual(data);
    expect(structuredClone(data)).toEqual(data);
    expect(data).toMatchObject({
      reason: 'parent',
      token: { name: 'leaf' },
      monotonicNs: String(causeOf(leaf).monotonicNs),
      parent: { reason: 'signal', message: 'received SIGTERM', token: { id: top.id } },
    });
  });

  test('leaves out what it does not have', () => {
    const token = new CancellationToken();
    token.cancel('timeout');

    const fields = Object.keys(causeOf(token).toJSON());

    expect(fields).toEqual(['reason', 'wallTime', 'monotonicNs', 'origin', 'token']);
  });

  test('of a chain of 100,000 has both ends, and says how many it leaves out', () => {
    const root = new CancellationToken({ name: 'root' });
    let leaf = root;
    for (let depth = 1; depth < 100_000; depth++) leaf = leaf.child();
    root.cancel('shutdown');

    const steps: CancellationCauseData[] = [];
    let data: CancellationCauseData | undefined = JSON.parse(JSON.stringify(leaf.cause));
    for (; data !== undefined; data = data.parent) steps.push(data);

    const omitted = steps.reduce((sum, step) => sum + (step.omitted ?? 0), 0);
    expect(steps.length + omitted).toBe(100_000);
    expect(steps.at(-1)).toMatchObject({ reason: 'shutdown', token: { name: 'root' } });
  });

  test('is what console.log shows', () => {
    const token = new CancellationToken({ name: 'import' });
    token.cancel('superseded', 'newer upload');

    const shown = inspect(token.cause);

    expect(shown).toContain("reason: 'superseded'");
    expect(shown).toContain("name: 'import'");
  });
});

describe('C4: a call site is opt-in', () => {
  test('is not taken unless asked, and errors have no frames', () => {
    const token = new CancellationToken();
    token.cancel();

    expect(causeOf(token).callSite).toBeUndefined();
    expect(token.signal.reason.stack).not.toContain('\n    at ');
  });

  test('leaves the stacks of other errors alone', () => {
    const token = new CancellationToken();
    token.cancel();
    expect(() => token.throwIfCancelled()).toThrow(/was cancelled/);

    const { stack } = new Error('somebody else’s');

    expect(stack).toContain('cause.test.ts');
  });

  test('tells where cancel was called once asked for, and where it was noticed', () => {
    captureCallSites(true);
    onTestFinished(() => captureCallSites(false));
    const token = new CancellationToken();

    (function pressedStop() {
      token.cancel();
    })();

    expect(causeOf(token).callSite).toContain('pressedStop');
    expect(token.signal.reason.stack).toContain('cause.test.ts');
  });
});
