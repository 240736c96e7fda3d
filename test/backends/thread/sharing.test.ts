import { afterAll, describe, expect, test } from 'vitest';
import { attachToken, shareToken } from '../../../src/backends/thread/index.ts';
import { CancellationToken, InvalidStateError, openScope, ReadonlyToken } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { gate, open, pass } from '../../support/gate.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startThread } from '../../support/thread-agent.ts';

guardLeaks();

const one = startThread();
const other = startThread();
afterAll(() => Promise.all([one.stop(), other.stop()]));

describe('B5: holders on several threads have one token', () => {
  test('a worker reads what the main thread cancelled', async () => {
    const token = new CancellationToken({ name: 'from-main' });
    await one.run.attach('from-main', shareToken(token));

    const won = token.cancel('timeout', 'took too long');

    expect(won).toBe(true);
    expect(await one.run.read('from-main')).toEqual(readingOf(token));
    expect(await one.run.cancel('from-main')).toBe(false);
  });

  test('the main thread reads what a worker cancelled', async () => {
    const token = new CancellationToken({ name: 'from-worker' });
    await one.run.attach('from-worker', shareToken(token));

    const won = await one.run.cancel('from-worker', 'disconnect', 'tab closed');

    expect(won).toBe(true);
    expect(token.cancel()).toBe(false);
    expect(readingOf(token)).toEqual(await one.run.read('from-worker'));
    expect(token.cause).toMatchObject({ reason: 'disconnect', message: 'tab closed', token: { id: token.id } });
    expect(token.cause?.origin).toMatchObject({ pid: process.pid, threadId: one.worker.threadId });
  });

  test('a worker reads what another worker cancelled, of a token the main thread never had', async () => {
    const id = await one.run.make('between');
    expect(await other.run.attach('between', await one.run.share('between'))).toBe(id);

    expect(await other.run.cancel('between', 'superseded', 'the other was faster')).toBe(true);

    const reading = await one.run.read('between');
    expect(reading).toMatchObject({ id, isCancelled: true, thrown: 'AbortError', cause: { reason: 'superseded' } });
    expect(await other.run.read('between')).toEqual(reading);
    expect(reading.cause?.origin.threadId).toBe(other.worker.threadId);
  });

  test('three threads read one id, one name and one cause', async () => {
    const token = new CancellationToken({ name: 'all-three' });
    const handle = shareToken(token);
    await Promise.all([one, other].map(({ run }) => run.attach('all-three', handle)));

    await other.run.cancel('all-three', 'error', 'the database is gone');

    const readings = await Promise.all([one, other].map(({ run }) => run.read('all-three')));
    expect(readings).toEqual([readingOf(token), readingOf(token)]);
    expect(readings[0]).toMatchObject({ id: token.id, name: 'all-three' });
  });

  test('a thread passes on a token that another one shared', async () => {
    const token = new CancellationToken({ name: 'passed-on' });
    await one.run.attach('passed-on', shareToken(token));

    await other.run.attach('passed-on', await one.run.share('passed-on'));
    await other.run.cancel('passed-on');

    expect(token.isCancelled).toBe(true);
  });

  test('on one thread, a handle gives the same token each time', async () => {
    const token = new CancellationToken();
    const handle = shareToken(token);

    await one.run.attach('first', handle);
    await one.run.attach('second', shareToken(token));

    expect(await one.run.isSame('first', 'second')).toBe(true);
    token.dispose();
  });

  test('on the thread that shared it, a handle gives the token itself', () => {
    const token = new CancellationToken();

    const attached = attachToken(structuredClone(shareToken(token)));

    expect(attached).toBe(token);
    token.dispose();
  });

  test('a token that one thread disposes is live for the others', async () => {
    const token = new CancellationToken();
    const handle = shareToken(token);
    await Promise.all([one.run.attach('kept', handle), other.run.attach('kept', handle)]);

    token.dispose();
    const own = token.cancel();
    const won = await one.run.cancel('kept', 'manual', 'still here');

    expect([own, won]).toEqual([false, true]);
    expect((await other.run.read('kept')).cause?.message).toBe('still here');
    expect(token.isCancelled).toBe(false);
  });

  test('a token disposed by one thread can be attached again as long as another holds it', async () => {
    const token = new CancellationToken();
    const handle = shareToken(token);
    await one.run.attach('again', handle);
    token.dispose();

    const again = attachToken(handle);

    expect(again).not.toBe(token);
    await one.run.cancel('again');
    expect([again.isCancelled, again.id]).toEqual([true, token.id]);
  });
});

describe('T13: a handle of a readonly view', () => {
  test('gives a view, which sees the cancel and cannot make one', async () => {
    const token = new CancellationToken({ name: 'watched' });
    const handle = shareToken(token.readonly());
    await one.run.attach('watched', handle as never);

    await expect(one.run.cancel('watched')).rejects.toThrow('cancel is not a function');
    token.cancel('shutdown');

    expect(await one.run.read('watched')).toEqual(readingOf(token));
    expect(handle.cancelscope).toBe('shared-readonly-token');
  });

  test('gives a view on the thread that shared it too', () => {
    const token = new CancellationToken();

    const view = attachToken(shareToken(token.readonly()));

    expect(view).toBeInstanceOf(ReadonlyToken);
    expect('cancel' in view).toBe(false);
    token.dispose();
  });

  test('and one of the whole token are about the same token', async () => {
    const token = new CancellationToken();
    await one.run.attach('whole', shareToken(token));
    await one.run.attach('view', shareToken(token.readonly()) as never);

    await one.run.cancel('whole', 'manual', 'both');

    expect((await one.run.read('view')).cause).toEqual((await one.run.read('whole')).cause);
    expect(token.isCancelled).toBe(true);
  });
});

describe('a token that was cancelled before it was shared', () => {
  test('arrives cancelled, with the whole cause', async () => {
    const parent = new CancellationToken({ name: 'outer' });
    const token = parent.child({ name: 'inner' });
    parent.cancel('deadline', 'asked for 20 ms');

    const id = await one.run.attach('inner', shareToken(token));

    expect(id).toBe(token.id);
    expect(await one.run.read('inner')).toEqual(readingOf(token));
  });

  test('runs a listener of the thread it arrives on at once', async () => {
    const token = new CancellationToken();
    token.cancel();
    await one.run.attach('late', shareToken(token));

    await one.run.listen('late');

    expect(await one.run.heard()).toEqual(['late']);
  });
});

test('a token cancelled while its handle is on its way arrives cancelled', async () => {
  const token = new CancellationToken();
  const held = gate();
  void one.run.pass(held);
  void one.run.attach('on-its-way', shareToken(token));

  token.cancel('manual', 'before it was attached');
  open(held);

  expect(await one.run.read('on-its-way')).toEqual(readingOf(token));
});

test('a token is attached, cancelled already, while another holder has yet to notice: a listener runs at once', async () => {
  const token = new CancellationToken();
  const handle = shareToken(token);
  await one.run.attach('noticed', handle);
  const [go, done] = [gate(), gate()];
  void one.run.pass(go);
  void one.run.cancel('noticed');
  void one.run.open(go, 2);
  void other.run.pass(go, 2);
  void other.run.attach('unnoticed', handle);
  void other.run.listen('unnoticed');
  void other.run.open(done);

  open(go);
  pass(done); // blocked: this thread holds the token all the while, and does not look at it

  expect(await other.run.heard()).toEqual(['unnoticed']);
  expect(token.isCancelled).toBe(true);
});

describe('what cannot be shared', () => {
  test('a token that was disposed', () => {
    const token = new CancellationToken({ name: 'over' });
    token.dispose();

    expect(() => shareToken(token)).toThrow(InvalidStateError);
    expect(() => shareToken(token)).toThrow(/"over"/);
  });

  test('the token of a scope that has ended', () => {
    const scope = openScope('over');
    scope.close();

    expect(() => shareToken(scope.token)).toThrow(InvalidStateError);
  });

  test.each([
    ['a scope', () => openScopeOnce()],
    ['an AbortSignal', () => new AbortController().signal],
    ['a handle', () => shareToken(cancelledToken())],
    ['null', () => null],
    ['text', () => 'token'],
  ])('%s', (_what, make) => {
    expect(() => shareToken(make() as never)).toThrow(expect.objectContaining({ name: 'InvalidArgumentError' }));
  });
});

function openScopeOnce() {
  const scope = openScope('work');
  scope.close();
  return scope;
}

function cancelledToken(): CancellationToken {
  const token = new CancellationToken();
  token.cancel();
  return token;
}
