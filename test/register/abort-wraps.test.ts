import { getEventListeners } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { startAbortWraps } from '../../src/register/abort-wraps.ts';
import { cancelIn } from '../../src/register/outgoing-end.ts';
import { ORIGINAL, patch } from '../../src/register/patch.ts';
import { signalOrigin } from '../../src/register/index.ts';
import { collected } from '../support/collected.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

const METHODS = [
  ['abort', AbortController.prototype, 'abort'],
  ['timeout', AbortSignal, 'timeout'],
  ['any', AbortSignal, 'any'],
] as const;

/** Wraps until the test is over. */
function wrap(callSites = false): Disposable {
  const wraps = startAbortWraps(callSites);
  onTestFinished(() => wraps[Symbol.dispose]());
  return wraps;
}

type Method = (() => unknown) & { [ORIGINAL]?: unknown };

const methodOf = (owner: object, key: string): Method => Object.getOwnPropertyDescriptor(owner, key)?.value as Method;

describe.each(METHODS)('%s', (_name, owner, key) => {
  test('Z10: is patched once however often it is asked for, and the original is found on it', () => {
    const original = methodOf(owner, key);
    wrap();
    const first = methodOf(owner, key);
    wrap();

    expect(first).not.toBe(original);
    expect(methodOf(owner, key)).toBe(first);
    expect(first[ORIGINAL]).toBe(original);
    expect(Reflect.ownKeys(first)).toEqual(Reflect.ownKeys(original));
    expect(first.toString()).toBe(original.toString()); // what `${method}` calls
  });

  test('Z11: is put back by the last who asked for it, flags included', () => {
    const before = Object.getOwnPropertyDescriptor(owner, key);
    const [one, two] = [wrap(), wrap()];

    one[Symbol.dispose]();
    one[Symbol.dispose]();
    expect(Object.getOwnPropertyDescriptor(owner, key)).not.toEqual(before);
    two[Symbol.dispose]();

    expect(Object.getOwnPropertyDescriptor(owner, key)).toEqual(before);
  });

  test('Z11: where somebody patched over it, it stays and only passes on', () => {
    const before = Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor;
    onTestFinished(() => void Object.defineProperty(owner, key, before));
    const wraps = wrap();
    const ours = methodOf(owner, key);
    const theirs = function (this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(ours as never, this, args);
    };
    Object.defineProperty(owner, key, { ...before, value: theirs });
    const recorded = record();

    wraps[Symbol.dispose]();
    const controller = new AbortController();
    controller.abort();

    expect(methodOf(owner, key)).toBe(theirs);
    expect(controller.signal.aborted).toBe(true);
    expect(AbortSignal.timeout(60_000).aborted).toBe(false);
    expect(AbortSignal.any([controller.signal]).aborted).toBe(true);
    expect(recorded.of('cancelRequested')).toEqual([]);
  });
});

test('Z10: another major version that patches already is left alone', () => {
  const key = Symbol.for('cancelscope.patch.v2');
  const global = globalThis as { [key]?: unknown };
  global[key] = new Map();
  onTestFinished(() => void delete global[key]);
  const original = methodOf(AbortController.prototype, 'abort');

  wrap();

  expect(methodOf(AbortController.prototype, 'abort')).toBe(original);
});

test('Z10: what is no method is refused', () => {
  expect(() => patch('name', { name: 'text' }, 'name', () => 1)).toThrow(TypeError);
});

test('Z13: an abort is told once, with who, why and where from; a second one is none', () => {
  wrap(true);
  const recorded = record();
  const controller = new AbortController();
  let inListener: unknown;
  controller.signal.addEventListener('abort', () => (inListener = cancelIn(controller.signal.reason)));

  controller.abort(new Error('enough'));
  controller.abort(new Error('again'));

  const cause = signalOrigin(controller.signal)?.cause;
  expect(recorded.of('cancelRequested')).toEqual([
    { token: cause?.token, reason: 'abort', result: 'accepted', sourceThread: 'main', cause },
  ]);
  expect(cause).toMatchObject({ reason: 'abort', message: 'enough', token: { name: 'AbortController' } });
  expect(cause?.callSite?.split('\n')[0]).toContain('abort-wraps.test');
  expect(inListener).toEqual({ reason: 'parent', parent: cause });
  expect(cancelIn(controller.signal.reason)).toEqual({ reason: 'parent', parent: cause });
});

test('Z13: no call site is taken unless asked for', () => {
  wrap();
  const controller = new AbortController();

  controller.abort();

  expect(signalOrigin(controller.signal)?.cause?.callSite).toBeUndefined();
});

test('Z13: an abort inside an abort is told of its own', () => {
  wrap();
  const [outer, inner] = [new AbortController(), new AbortController()];
  outer.signal.addEventListener('abort', () => inner.abort('inner'));

  outer.abort('outer');

  expect(signalOrigin(outer.signal)?.cause?.message).toBe('outer');
  expect(signalOrigin(inner.signal)?.cause?.message).toBe('inner');
});

test('Z13: the abort of a token’s own signal is told by the token alone', () => {
  wrap();
  const recorded = record();
  const token = new CancellationToken();
  const { signal } = token;

  token.cancel('superseded');

  expect(signal.aborted).toBe(true);
  expect(recorded.of('cancelRequested').map(({ reason }) => reason)).toEqual(['superseded']);
});

test('Z13: an abort with an error of ours comes from its cause', () => {
  wrap();
  const token = new CancellationToken({ name: 'editor' });
  token.cancel('superseded');
  const controller = new AbortController();

  controller.abort(token.signal.reason);

  expect(signalOrigin(controller.signal)?.cause).toMatchObject({ reason: 'parent', root: token.cause });
});

test.each([
  ['a getter that throws', Object.defineProperty(new Error('x'), 'message', { get: () => expect.fail('it was read') })],
  ['a revoked proxy', (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {}))],
  ['null', null],
  ['a symbol', Symbol('why')],
  ['a frozen object', Object.freeze({ message: 'frozen' })],
])('Z13: a reason that is %s arrives as it is, and harms nobody', (_what, reason) => {
  wrap();
  const controller = new AbortController();

  expect(controller.abort(reason)).toBeUndefined();

  expect(Object.is(controller.signal.reason, reason)).toBe(true);
  expect(signalOrigin(controller.signal)?.cause?.reason).toBe('abort');
});

test('Z12: what is known of a signal keeps neither it, nor its sources, nor a reason', async () => {
  wrap(true);
  const make = (): WeakRef<object>[] => {
    const controller = new AbortController();
    const reason = { why: 'mine' };
    const timeout = AbortSignal.timeout(3_600_000);
    const any = AbortSignal.any([controller.signal]); // with a timeout in it, Node itself would keep that
    controller.abort(reason);
    return [controller.signal, reason, timeout, any].map((each) => new WeakRef(each));
  };

  const kept = make();

  expect(await collected(...kept)).toEqual([true, true, true, true]);
});

test('Z12: no listener is put on any signal', () => {
  wrap();
  const controller = new AbortController();
  const signals = [controller.signal, AbortSignal.timeout(60_000), AbortSignal.any([controller.signal])];

  expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0, 0]);
});

test('where a signal comes from: its delay, its sources, who aborted it', () => {
  wrap(true);
  const controller = new AbortController();
  const timeout = AbortSignal.timeout(60_000);
  const any = AbortSignal.any([controller.signal, timeout]);
  controller.abort('enough');

  expect(signalOrigin(timeout)).toMatchObject({ kind: 'timeout', delayMs: 60_000 });
  expect(signalOrigin(timeout)?.callSite).toContain('abort-wraps.test');
  expect(signalOrigin(any)).toMatchObject({ kind: 'any', sources: [controller.signal, timeout] });
  expect(signalOrigin(controller.signal)).toMatchObject({ kind: 'controller', cause: { message: 'enough' } });
  expect(signalOrigin(new AbortController().signal)).toBeUndefined();
  expect(signalOrigin({} as AbortSignal)).toBeUndefined();
});

test('who aborted the source of a follower is known by the reason they share', () => {
  wrap();
  const controller = new AbortController();
  const any = AbortSignal.any([controller.signal]);

  controller.abort(new Error('enough'));

  expect(signalOrigin(any)?.cause).toBe(signalOrigin(controller.signal)?.cause);
});
