import { afterAll, describe, expect, test, vi } from 'vitest';
import { attachToken, shareToken } from '../../../src/backends/process/index.ts';
import { linkThrough } from '../../../src/backends/process/process-links.ts';
import { CancellationToken, openScope } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startProcess } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const agents = { json: startProcess('json'), advanced: startProcess('advanced') };
afterAll(() => Promise.all(Object.values(agents).map((agent) => agent.stop())));

describe.each(['json', 'advanced'] as const)('V1: a token two processes hold, over a channel that is %s', (kind) => {
  const { run, child } = agents[kind];

  test('is cancelled by the parent', async () => {
    const token = new CancellationToken({ name: 'from-parent' });
    await run.attach('from-parent', shareToken(token, child));

    const won = token.cancel('timeout', 'took too long');

    expect(won).toBe(true);
    const there = await run.whenCancelled('from-parent');
    expect(there).toEqual(token.cause?.toJSON());
    expect(await run.read('from-parent')).toEqual(plain(readingOf(token)));
    expect(await run.cancel('from-parent')).toBe(false);
  });

  test('is cancelled by the child', async () => {
    const token = new CancellationToken({ name: 'from-child' });
    await run.attach('from-child', shareToken(token, child));

    const [won, cause] = await Promise.all([
      run.cancel('from-child', 'disconnect', 'tab closed'),
      token.whenCancelled(),
    ]);

    expect(won).toBe(true);
    expect(cause).toMatchObject({ reason: 'disconnect', message: 'tab closed', origin: { pid: child.pid } });
    expect(cause.token).toEqual({ id: token.id, name: 'from-child' });
    expect(token.cancel()).toBe(false);
    expect(plain(readingOf(token))).toEqual(await run.read('from-child'));
  });

  test('is made by the child, and cancelled by the parent', async () => {
    const id = await run.make('made-there');
    const token = attachToken(await run.share('made-there'), child);
    expect(token.id).toBe(id);

    token.cancel('superseded');

    expect(await run.whenCancelled('made-there')).toMatchObject({ reason: 'superseded', origin: { pid: process.pid } });
  });

  test('keeps the chain of causes', async () => {
    const outer = new CancellationToken({ name: 'outer' });
    const inner = outer.child({ name: 'inner' });
    await run.attach('inner', shareToken(inner, child));

    outer.cancel('shutdown', 'draining');

    expect(await run.whenCancelled('inner')).toEqual(inner.cause?.toJSON());
    expect(inner.cause).toMatchObject({ reason: 'parent', root: { reason: 'shutdown', message: 'draining' } });
  });

  test('is known by its scope', async () => {
    await using scope = openScope('request', { detached: true });
    const handle = shareToken(scope.token, child);
    expect(handle.scope).toEqual({ id: scope.id, name: 'request' });

    await run.attach('request', handle);
    await run.cancel('request', 'manual');

    await scope.token.whenCancelled();
    expect(scope.cause).toMatchObject({ origin: { pid: child.pid } });
  });

  test('cancels scopes there, which know the scope it came from', async () => {
    await using scope = openScope('request', { detached: true });
    const id = await run.attach('of-request', shareToken(scope.token, child));
    await run.openScopeUnder('work', id);

    scope.cancel('disconnect');
    await run.whenCancelled('of-request');

    expect(await run.propagations()).toEqual([
      { source: 'request', target: 'work', boundary: 'process', result: 'delivered' },
    ]);
    await run.endScopes();
  });

  test('cancelled on both sides at once, has a cause on each, and both stay', async () => {
    const token = new CancellationToken({ name: 'both' });
    await run.attach('both', shareToken(token, child));

    const there = run.cancel('both', 'disconnect');
    token.cancel('timeout');

    expect(await there).toBe(true);
    await run.counts(); // by now each has heard of the other's
    expect(token.cause?.reason).toBe('timeout');
    expect(await run.read('both')).toMatchObject({ cause: { reason: 'disconnect' } });
    expect(linkThrough(child).counts).toMatchObject({ tokens: 0, unanswered: 0 });
  });

  test('cancels what the child hangs under it, and runs its listeners there once, in order', async () => {
    const token = new CancellationToken({ name: 'above' });
    await run.attach('above', shareToken(token, child));
    await run.child('below', 'above');
    await run.listen('above');
    await run.listen('below');

    token.cancel();
    await run.whenCancelled('below');

    expect(await run.heard()).toEqual(['above', 'below']);
    expect(await run.read('below')).toMatchObject({ cause: { reason: 'parent', parent: { token: { id: token.id } } } });
  });

  test('of many, the cancels arrive in the order they were made', async () => {
    const all = Array.from({ length: 50 }, (_, index) => new CancellationToken({ name: `n${index}` }));
    for (const token of all) await run.attach(token.name, shareToken(token, child));
    for (const { name } of all) await run.listen(name);
    const order = all.toSorted((a, b) => a.id.localeCompare(b.id)).toReversed();

    for (const token of order) token.cancel();
    await run.whenCancelled((order.at(-1) as CancellationToken).name);

    expect(await run.heard()).toEqual(order.map(({ name }) => name));
  });
});

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
