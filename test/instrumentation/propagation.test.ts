import { describe, expect, test } from 'vitest';
import { cancelScope, openScope, taskGroup } from '../../src/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

describe('a cancel on its way through scopes', () => {
  test('is told outer first, with its depth, and each step from scope to scope', () => {
    const recorded = record();
    const outer = openScope('outer');
    const middle = openScope('middle', { parent: outer });
    const sides = ['left', 'right'].map((name) => openScope(name, { parent: middle }));

    outer.cancel('shutdown');
    for (const scope of [...sides, middle, outer]) scope.close();

    const delivered = recorded.events.flatMap(({ hook, scope, event }) =>
      hook === 'cancelDelivered' ? [[scope, (event[1] as { depth: number }).depth]] : [],
    );
    expect(delivered).toEqual([
      ['outer', 0],
      ['middle', 1],
      ['left', 2],
      ['right', 2],
    ]);
    expect(recorded.of('propagated')).toEqual([
      { source: 'outer', target: 'middle', boundary: 'local', result: 'delivered' },
      { source: 'middle', target: 'left', boundary: 'local', result: 'delivered' },
      { source: 'middle', target: 'right', boundary: 'local', result: 'delivered' },
    ]);
    expect(recorded.of('tokenCancelled')).toMatchObject([{ targets: 4 }]);
    expect(recorded.of('cancelRequested')).toHaveLength(1);
  });

  test('passes through tokens between two scopes', () => {
    const recorded = record();
    const outer = openScope('outer');
    const between = outer.token.child({ name: 'between' });
    const inner = openScope('inner', { token: between });

    outer.cancel();
    for (const scope of [inner, outer]) scope.close();

    expect(recorded.of('propagated')).toEqual([
      { source: 'outer', target: 'inner', boundary: 'local', result: 'delivered' },
    ]);
  });
});

describe('what monitors are handed', () => {
  test('is balanced: as many settled as opened, whatever happens', async () => {
    const recorded = record();
    const broken = Promise.reject(new Error('broken'));
    broken.catch(() => {});

    await cancelScope('a', () => 1);
    await caught(cancelScope('b', () => broken));
    await caught(cancelScope('c', { timeoutMs: 0 }, () => 1));
    await caught(cancelScope('d', { timeoutMs: Number.NaN }, () => 1));
    await caught(taskGroup('e', { limit: 1 }, (group) => ['f', 'g'].map((name) => group.spawn(name, () => broken))));
    await caught(cancelScope('h', (scope) => scope.shield(() => broken)));

    const names = (hook: string): string[] =>
      recorded.events.flatMap((entry) => (entry.hook === hook ? [entry.scope ?? ''] : [])).sort();
    expect(names('scopeSettled')).toEqual(names('scopeOpened'));
    expect(names('scopeOpened')).toEqual(expect.arrayContaining(['a', 'b', 'c', 'e', 'f', 'h', 'h.shield']));
  });

  test('cannot be changed to change an outcome, nor what the program passed in', async () => {
    const attributes = { tenant: 'acme' };
    const meddle = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Reflect.ownKeys(value)) {
        try {
          Reflect.set(value, key, 'meddled with');
        } catch {
          // all the better
        }
      }
    };
    const { monitorInTest } = await import('../support/record.ts');
    const hooks = Object.keys(record()).filter((key) => !['name', 'events', 'of', 'sequence', 'clear'].includes(key));
    monitorInTest(
      Object.fromEntries(
        hooks.map((hook) => [
          hook,
          (...event: object[]) => {
            for (const part of event) {
              meddle(part);
              for (const inner of Object.values(part ?? {})) meddle(inner);
              if ('attributes' in (part ?? {})) meddle((part as { attributes: unknown }).attributes);
            }
          },
        ]),
      ),
    );
    const recorded = record();

    const error = await caughtCancel(
      cancelScope('work', { attributes }, (scope) => {
        scope.cancel('disconnect', 'gone');
        scope.throwIfCancelled();
      }),
    );

    expect(error.cause).toMatchObject({ reason: 'disconnect', message: 'gone', token: { name: 'work' } });
    expect(attributes).toEqual({ tenant: 'acme' });
    expect(recorded.sequence('work')).toContain('scopeSettled');
  });
});
