import { describe, expect, test } from 'vitest';
import { openScope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import type { ScopeInfo } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

const FIELDS = [
  'id',
  'name',
  'parentId',
  'parentName',
  'openedAt',
  'openedWallTime',
  'deadline',
  'attributes',
  'clock',
];

function read(info: ScopeInfo): unknown[] {
  return FIELDS.map((field) => Reflect.get(info, field) as unknown);
}

describe('what monitors see of a scope (L4)', () => {
  test('is the same for all of them, whatever one of them assigns', () => {
    const seen: unknown[][] = [];
    const reader = (): void =>
      void monitorInTest({ name: 'reader', scopeOpened: (info) => void seen.push(read(info)) });
    let assigned: boolean[] = [];
    reader();
    monitorInTest({
      name: 'meddler',
      scopeOpened: (info) => {
        assigned = FIELDS.map((field) => Reflect.set(info, field, 'changed'));
        assigned.push(Reflect.set(info.attributes ?? {}, 'tenant', 'changed'));
      },
    });
    reader();

    openScope('load', { attributes: { tenant: 'a' }, clock: virtualClock() }).close();

    expect(assigned).toEqual([...FIELDS, 'tenant'].map(() => false));
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('is a copy of the attributes the program gave', () => {
    const given = { tenant: 'a' };
    const seen: unknown[] = [];
    monitorInTest({
      name: 'reader',
      scopeOpened: ({ attributes }) => void seen.push(attributes),
      scopeSettled: ({ attributes }) => void seen.push(attributes),
    });

    const scope = openScope('load', { attributes: given });
    given.tenant = 'changed';
    scope.close();

    expect(seen).toEqual([{ tenant: 'a' }, { tenant: 'a' }]);
    expect(Object.isFrozen(given)).toBe(false);
  });
});
