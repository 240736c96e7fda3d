import { afterAll, describe, expect, test } from 'vitest';
import { shareToken } from '../../src/backends/thread/index.ts';
import { CancellationToken, InvalidArgumentError, UnsupportedError } from '../../src/index.ts';
import { gate, pass } from '../support/gate.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { startThread } from '../support/thread-agent.ts';

guardLeaks();

const worker = startThread();
const other = startThread();
afterAll(() => Promise.all([worker.stop(), other.stop()]));

const UNSUPPORTED = { name: 'UnsupportedError', code: 'ERR_CANCELSCOPE_UNSUPPORTED' };

/** A token of this thread that the worker holds under `name`. */
async function sharedAs(name: string): Promise<CancellationToken> {
  const token = new CancellationToken({ name });
  await worker.run.attach(name, shareToken(token));
  return token;
}

describe('waitSync on a worker', () => {
  test.each([
    ['the token itself', 'waited'],
    ['a child of it', 'child'],
    ['any of it and another', 'any'],
    ['a child of any of it', 'linked child'],
    ['all of it', 'all'],
  ])('returns true when the main thread cancels, waiting on %s', async (_what, name) => {
    const token = await sharedAs('waited');
    await worker.run.make('own');
    await worker.run.child('child', 'waited');
    await worker.run.any('any', 'own', 'waited');
    await worker.run.child('linked child', 'any');
    await worker.run.all('all', 'waited');
    const begun = gate();
    void worker.run.open(begun);
    const waited = worker.run.waitSync(name);
    pass(begun);

    token.cancel('manual', 'enough');

    expect(await waited).toBe(true);
    expect((await worker.run.read(name)).cause?.reason).toBe(name === 'waited' ? 'manual' : 'parent');
  });

  test('returns true when another worker cancels', async () => {
    await worker.run.make('between');
    await other.run.attach('between', await worker.run.share('between'));
    const waited = worker.run.waitSync('between');

    await other.run.cancel('between');

    expect(await waited).toBe(true);
  });

  test('runs listeners once the thread is back in its event loop', async () => {
    const token = await sharedAs('listened');
    await worker.run.listen('listened');
    const waited = worker.run.waitSync('listened');

    token.cancel();

    expect(await waited).toBe(true);
    expect(await worker.run.heard()).toEqual(['listened']);
  });

  test('is not ended by cancels of other tokens', async () => {
    const token = await sharedAs('waited-for');
    const others = await Promise.all(Array.from({ length: 20 }, (_, index) => sharedAs(`other-${index}`)));
    let ended = false;
    const waited = worker.run.waitSync('waited-for').finally(() => (ended = true));

    for (const each of others) each.cancel();
    await new Promise((resolve) => setImmediate(resolve));
    const early = ended;
    token.cancel();

    expect([early, await waited]).toEqual([false, true]);
  });

  test('returns false when the time is over, and not before', async () => {
    const token = await sharedAs('in-vain');
    const begun = performance.now();

    const cancelled = await worker.run.waitSync('in-vain', 60);

    expect(cancelled).toBe(false);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(60);
    token.dispose();
  });

  test.each([0, -1, -Infinity])('looks once with %s ms, and does not block', async (timeoutMs) => {
    const token = await sharedAs('looked-at');

    const before = await worker.run.waitSync('looked-at', timeoutMs);
    token.cancel();
    const after = await worker.run.waitSync('looked-at', timeoutMs);

    expect([before, after]).toEqual([false, true]);
  });

  test('returns true at once on a token already cancelled, shared or not', async () => {
    await worker.run.make('cancelled');
    await worker.run.cancel('cancelled');

    expect(await worker.run.waitSync('cancelled')).toBe(true);
  });

  test.each([NaN, '5', null, {}])('refuses %o, whatever the token', async (timeoutMs) => {
    await worker.run.make('any-token');

    await expect(worker.run.waitSync('any-token', timeoutMs as number)).rejects.toMatchObject({
      name: 'InvalidArgumentError',
      message: expect.stringContaining('timeoutMs'),
    });
  });
});

describe('W1: where nobody else could end it, it is refused', () => {
  test('on the main thread, shared or not', () => {
    const token = new CancellationToken({ name: 'on-main' });
    shareToken(token);

    expect(() => token.waitSync(10)).toThrow(UnsupportedError);
    expect(() => new CancellationToken().waitSync(10)).toThrow(UnsupportedError);
    expect(() => token.waitSync(NaN)).toThrow(InvalidArgumentError);
    token.cancel();
    expect(token.waitSync()).toBe(true);
  });

  test('on a token no other thread can reach', async () => {
    await worker.run.make('own');
    await worker.run.child('below', 'own');

    await expect(worker.run.waitSync('own', 10)).rejects.toMatchObject(UNSUPPORTED);
    await expect(worker.run.waitSync('below', 10)).rejects.toThrow(/"below".*no other thread/);
  });

  test('on a token that others reach only below it', async () => {
    await worker.run.make('above');
    await worker.run.child('shared-below', 'above');
    await worker.run.share('shared-below');

    await expect(worker.run.waitSync('above', 10)).rejects.toMatchObject(UNSUPPORTED);
    await worker.run.dispose('above');
  });

  test('on a shared token that this thread has disposed', async () => {
    const token = await sharedAs('let-go');
    await worker.run.dispose('let-go');

    await expect(worker.run.waitSync('let-go', 1_000)).rejects.toMatchObject(UNSUPPORTED);
    token.dispose();
  });
});

test.each([
  ['first', ['from-main', 'from-other']],
  ['last', ['from-other', 'from-main']],
])('a token of two threads that never met ends the wait also when it is linked %s', async (_where, order) => {
  // Started anew: each of the two has shared a token before it saw one of the other.
  await using alone = startThread();
  await using waiting = startThread();
  await alone.run.make('from-other');
  await waiting.run.attach('from-other', await alone.run.share('from-other'));
  const token = new CancellationToken();
  await waiting.run.attach('from-main', shareToken(token));
  await waiting.run.any('both', ...order);
  const waited = waiting.run.waitSync('both');

  await alone.run.cancel('from-other', 'manual', 'by way of the other');

  expect(await waited).toBe(true);
  expect((await waiting.run.read('both')).cause?.parent?.message).toBe('by way of the other');
  token.dispose();
});
