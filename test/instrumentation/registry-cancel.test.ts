import { describe, expect, test } from 'vitest';
import { cancelScope, CancellationToken, openScope, registry } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';

guardLeaks();
const openInTest = openerForTests(); // closed before leaks are counted: hooks run last first

describe('Y1: cancel one', () => {
  test('by id, with a reason and a message', () => {
    const scope = openInTest();

    const result = registry.cancel(scope.id, 'shutdown', 'stopped by hand');

    expect(result).toBe('cancelled');
    expect(scope.cause).toMatchObject({ reason: 'shutdown', message: 'stopped by hand' });
  });

  test('says already for one that was cancelled, and changes nothing', () => {
    const scope = openInTest();
    scope.cancel('superseded');

    expect(registry.cancel(scope.id, 'shutdown')).toBe('already');
    expect(scope.cause?.reason).toBe('superseded');
  });

  test('says settled for one in the history', () => {
    record();
    const scope = openScope('work');
    scope.close();

    expect(registry.cancel(scope.id)).toBe('settled');
  });

  test('says settled for a zombie, also where no history is kept', async () => {
    const clock = virtualClock();
    const end = deferred();
    const run = caught(cancelScope('stuck', { clock, timeoutMs: 1, graceMs: 1 }, () => end.promise));
    await clock.advance(10);
    await run;
    const [zombie] = registry.snapshot({ zombies: true });

    const result = registry.cancel(zombie?.id ?? '');
    end.resolve();
    await clock.advance(0);

    expect(result).toBe('settled');
  });

  test('says not_found for an id nobody has, and for a token that is no scope', () => {
    const token = new CancellationToken();

    expect([registry.cancel('nobody'), registry.cancel(''), registry.cancel(token.id)]).toEqual([
      'not_found',
      'not_found',
      'not_found',
    ]);
    expect(token.isCancelled).toBe(false);
  });
});

describe('Y1: cancel many', () => {
  test('by glob, with a result for each that matched', () => {
    const scopes = ['job:import', 'job:export', 'request'].map((name) => openScope(name));
    const [first, second, third] = scopes.map(({ id }) => id) as [string, string, string];
    scopes[1]?.cancel();

    const results = registry.cancelMany({ name: 'job:*' }, 'shutdown');
    const states = scopes.map(({ cause }) => cause?.reason);
    for (const scope of scopes) scope.close();

    expect([...results]).toEqual([
      [first, 'cancelled'],
      [second, 'already'],
    ]);
    expect(results.has(third)).toBe(false);
    expect(states).toEqual(['shutdown', 'manual', undefined]);
  });

  test('by age on each scope’s own clock', async () => {
    const clock = virtualClock();
    const old = openInTest({ clock });
    await clock.advance(50);
    const exact = openInTest({ clock });
    await clock.advance(50);
    const young = openInTest({ clock });

    const results = registry.cancelMany({ olderThanMs: 50 });

    expect([...results.keys()]).toEqual([old.id, exact.id]);
    expect(young.isCancelled).toBe(false);
  });

  test('by a predicate on the snapshot', () => {
    const acme = openInTest({ attributes: { tenant: 'acme' } });
    openInTest({ attributes: { tenant: 'other' } });

    const results = registry.cancelMany({ where: ({ attributes }) => attributes?.['tenant'] === 'acme' });

    expect([...results.keys()]).toEqual([acme.id]);
  });

  test('by all of them at once, and by none for everything', () => {
    const [first, second] = [
      openScope('job:a', { attributes: { n: 1 } }),
      openScope('job:b', { attributes: { n: 2 } }),
    ];

    const some = registry.cancelMany({
      name: 'job:*',
      olderThanMs: 0,
      where: ({ attributes }) => attributes?.['n'] === 2,
    });
    const all = registry.cancelMany({});
    first.close();
    second.close();

    expect([...some.keys()]).toEqual([second.id]);
    expect([...all.values()]).toEqual(['cancelled', 'already']);
  });

  test('gives already for a scope that fell with its parent', () => {
    const outer = openInTest();
    const inner = openInTest({ parent: outer });

    const results = registry.cancelMany({}, 'shutdown');

    expect([...results]).toEqual([
      [outer.id, 'cancelled'],
      [inner.id, 'already'],
    ]);
    expect(inner.cause).toMatchObject({ reason: 'parent', root: { reason: 'shutdown' } });
  });

  test('gives settled for a scope that a listener of an earlier one closed', () => {
    const [first, second] = [openInTest(), openInTest()];
    first.onCancel(() => second.close());

    const results = registry.cancelMany({});

    expect([...results.values()]).toEqual(['cancelled', 'settled']);
    expect(second.outcome).toBe('completed');
  });

  test('takes any falsy answer of the predicate for no', () => {
    const scope = openInTest();

    const results = registry.cancelMany({ where: (() => undefined) as never });

    expect([results.size, scope.isCancelled]).toEqual([0, false]);
  });

  test('cancels nothing when the predicate throws', () => {
    const [first, second] = [openInTest(), openInTest()];
    const where = ({ id }: { id: string }): boolean => {
      if (id === second.id) throw new Error('no tenant');
      return true;
    };

    expect(() => registry.cancelMany({ where })).toThrow('no tenant');
    expect([first.isCancelled, second.isCancelled]).toEqual([false, false]);
  });

  test('that matches nothing gives nothing', () => {
    openInTest();

    expect([...registry.cancelMany({ name: 'nothing*' })]).toEqual([]);
  });

  test.each([
    ['name', 5],
    ['name', null],
    ['olderThanMs', Number.NaN],
    ['olderThanMs', '50'],
    ['olderThanMs', null],
    ['where', 'tenant'],
    ['where', null],
  ])('refuses %s: %o by name, and cancels nothing', (argument, value) => {
    const scope = openInTest();

    expect(() => registry.cancelMany({ [argument]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument }),
    );
    expect(scope.isCancelled).toBe(false);
  });
});
