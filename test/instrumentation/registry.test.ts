import { describe, expect, test } from 'vitest';
import { cancelScope, openScope, registry, taskGroup } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';

guardLeaks();
const openInTest = openerForTests(); // closed before leaks are counted: hooks run last first

/** The first part of `value` that can be changed, as a path; undefined when all of it is frozen. */
function unfrozen(value: unknown, path = 'it'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Object.isFrozen(value)) return path;
  for (const [key, part] of Object.entries(value)) {
    const found = unfrozen(part, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('Y1: snapshot', () => {
  test('lists open scopes, oldest first, whatever opened them', async () => {
    const names = await cancelScope('a', () => {
      const opened = openScope('b');
      return taskGroup('c', async (group) => {
        const task = group.spawn('d', () => registry.snapshot().map(({ name }) => name));
        const seen = await task.promise;
        opened.close();
        return seen;
      });
    });

    expect(names).toEqual(['a', 'b', 'c', 'd']);
  });

  test('tells what there is to know, as plain data', async () => {
    const clock = virtualClock({ now: 1_000 });
    const scope = openInTest({ clock, timeoutMs: 500, attributes: { tenant: 'acme' } });
    await clock.advance(100);
    const before = registry.get(scope.id);

    scope.cancel('shutdown', 'draining');
    await clock.advance(30);

    expect(before).toEqual({
      id: scope.id,
      name: 'work',
      parentId: undefined,
      state: 'open',
      outcome: undefined,
      ageMs: 100,
      pendingMs: undefined,
      remainingMs: 400,
      attributes: { tenant: 'acme' },
      cause: undefined,
    });
    expect(registry.get(scope.id)).toMatchObject({
      state: 'cancelling',
      ageMs: 130,
      pendingMs: 30,
      remainingMs: 370,
      cause: { reason: 'shutdown', message: 'draining', token: { id: scope.id, name: 'work' } },
    });
  });

  test('is frozen through and through, and JSON can carry it', () => {
    const attributes = { tenant: 'acme' };
    const outer = openInTest({ attributes });
    const inner = openInTest({ parent: outer });
    outer.cancel('manual', 'why');

    expect(unfrozen(registry.snapshot())).toBeUndefined();
    expect(unfrozen(registry.get(inner.id))).toBeUndefined();
    expect(unfrozen(registry.tree())).toBeUndefined();
    expect(JSON.parse(JSON.stringify(registry.snapshot()))).toHaveLength(2);
    expect(Object.isFrozen(attributes)).toBe(false);
  });

  test('does not change afterwards', () => {
    const scope = openInTest();
    const [snapshot] = registry.snapshot();

    scope.cancel();
    scope.close();

    expect(snapshot).toMatchObject({ state: 'open', outcome: undefined });
  });

  test('leaves out zombies unless asked', async () => {
    const clock = virtualClock();
    const end = deferred();
    const run = caught(cancelScope('stuck', { clock, timeoutMs: 1, graceMs: 1 }, () => end.promise));
    await clock.advance(10);
    await run;

    const seen = [registry.snapshot().length, registry.snapshot({ zombies: true }).length];
    end.resolve();
    await clock.advance(0);

    expect(seen).toEqual([0, 1]);
  });
});

describe('Y1: get and tree', () => {
  test('get gives undefined for an id nobody has', () => {
    expect(registry.get('nobody')).toBeUndefined();
  });

  test('tree nests scopes under those they were opened in, oldest first', () => {
    const outer = openInTest();
    const first = openInTest({ parent: outer });
    const second = openInTest({ parent: outer });
    const innermost = openInTest({ parent: second });
    const other = openInTest();

    const ids = registry.tree().map(function shape({ id, children }): unknown {
      return [id, ...children.map(shape)];
    });

    expect(ids).toEqual([[outer.id, [first.id], [second.id, [innermost.id]]], [other.id]]);
  });

  test('tree shows an orphan where it hangs now', () => {
    const outer = openInTest();
    const middle = openInTest({ parent: outer });
    const child = openInTest({ parent: middle });

    middle.close();

    expect(registry.tree()).toMatchObject([{ id: outer.id, children: [{ id: child.id, children: [] }] }]);
  });

  test('tree takes 20,000 levels', () => {
    let parent = openInTest();
    for (let level = 1; level < 20_000; level++) parent = openInTest({ parent });

    const tree = registry.tree();

    expect(tree).toHaveLength(1);
  });
});

describe('Y2: settling takes a scope off', () => {
  test('however it ends', async () => {
    const ends = [
      cancelScope('completed', () => 1),
      caught(cancelScope('failed', () => Promise.reject(new Error('broken')))),
      caught(cancelScope('cancelled', { timeoutMs: 0 }, () => 1)),
      cancelScope('ignored', (scope) => scope.cancel()),
      caught(taskGroup('group', (group) => void group.spawn('task', () => Promise.reject(new Error('broken'))))),
    ];

    await Promise.all(ends);

    expect(registry.snapshot()).toEqual([]);
    expect(registry.tree()).toEqual([]);
  });

  test('before monitors hear of the end', async () => {
    const { monitorInTest } = await import('../support/record.ts');
    const seen: number[] = [];
    monitorInTest({ scopeSettled: () => seen.push(registry.snapshot().length) });

    await cancelScope('work', () => 1);

    expect(seen).toEqual([0]);
  });
});

describe('Y1: statistics', () => {
  test('count open, pending and zombie scopes, the oldest pending cancel, and outcomes', async () => {
    record();
    const clock = virtualClock();
    const end = deferred();
    const before = registry.statistics().outcomes;
    const run = caught(cancelScope('stuck', { clock, timeoutMs: 5, graceMs: 5 }, () => end.promise));
    const [first, second] = [openInTest({ clock }), openInTest({ clock })];
    openInTest({ clock });
    first.cancel();
    await clock.advance(20);
    second.cancel();
    await clock.advance(10);
    await run;
    await cancelScope('work', () => 1);

    const statistics = registry.statistics();
    end.resolve();
    await clock.advance(0);

    expect(statistics).toMatchObject({ open: 3, pending: 2, zombies: 1, oldestPendingMs: 30 });
    expect(statistics.outcomes.abandoned).toBe((before.abandoned ?? 0) + 1);
    expect(statistics.outcomes.completed).toBe((before.completed ?? 0) + 1);
  });
});
