import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { hooks } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

describe('L1: nobody listens', () => {
  test('every slot of the sink is empty', () => {
    expect(Object.values(hooks).every((hook) => hook === null)).toBe(true);
  });

  test('every slot is empty again when the last monitor is gone (L2)', () => {
    const recorded = record();
    const while_listening = typeof hooks.tokenCancelled;
    new CancellationToken().cancel();

    expect(while_listening).toBe('function');
    expect(recorded.events.length).toBeGreaterThan(0);
  });
});

describe('L3: events', () => {
  test('hold no token, no signal and no reason object', () => {
    const recorded = record();
    const parent = new CancellationToken({ name: 'parent' });
    const scope = openScope('work', { token: parent });
    const { signal } = scope;
    parent.cancel('timeout');
    scope.close();

    const live = new Set<unknown>([parent, scope, scope.token, signal, signal.reason]);

    expect(recorded.events.length).toBeGreaterThan(4);
    for (const { event } of recorded.events) expect(reachable(event).filter((value) => live.has(value))).toEqual([]);
  });

  test('of one cancel are one, which says how many tokens it reached', () => {
    const root = new CancellationToken({ name: 'root' });
    root.child().child();
    root.child();
    const recorded = record();

    root.cancel('shutdown');

    expect(recorded.of('tokenCancelled')).toEqual([
      { token: { id: root.id, name: 'root' }, cause: root.cause, targets: 4 },
    ]);
  });

  test('of a new token name it and what it hangs under', () => {
    const parent = new CancellationToken({ name: 'parent' });
    const recorded = record();

    using child = parent.child({ name: 'child' });

    expect(recorded.of('tokenCreated')).toEqual([
      { token: { id: child.id, name: 'child' }, parent: { id: parent.id, name: 'parent' } },
    ]);
  });
});

/** Every object that can be reached from `start` over its fields. */
function reachable(start: unknown): unknown[] {
  const found = new Set<unknown>();
  const todo = [start];
  for (let next: unknown = todo.pop(); next !== undefined; next = todo.pop()) {
    if (typeof next !== 'object' || next === null || found.has(next)) continue;
    found.add(next);
    todo.push(...Reflect.ownKeys(next).map((key) => Reflect.get(next, key) as unknown));
  }
  return [...found];
}
