import { describe, expect, test } from 'vitest';
import { cancelScope, openScope, registry } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { busyClock } from '../support/busy-clock.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

describe('S7: a child still open when its scope ends', () => {
  test('is reported once, and hangs on to the scope around', async () => {
    const recorded = record();
    const outer = openScope('outer');
    const middle = openScope('middle', { parent: outer });
    const child = openScope('child', { parent: middle });

    middle.close();
    const parent = child.parent;
    child.close();
    outer.close();

    expect(parent).toBe(outer);
    expect(recorded.of('scopeOrphaned')).toEqual([{ endedId: middle.id, endedName: 'middle', newParentId: outer.id }]);
    expect(recorded.sequence('child')).toEqual(['scopeOpened', 'scopeOrphaned', 'scopeSettled']);
  });

  test('is cancelled with the scope it hangs on now', async () => {
    const outer = openScope('outer');
    const middle = openScope('middle', { parent: outer });
    const child = openScope('child', { parent: middle });
    middle.close();

    outer.cancel('shutdown');
    const cause = child.cause;
    child.close();
    outer.close();

    expect(cause).toMatchObject({ reason: 'parent', parent: { reason: 'shutdown', token: { name: 'outer' } } });
  });

  test('takes its own children with it', async () => {
    const outer = openScope('outer');
    const middle = openScope('middle', { parent: outer });
    const child = openScope('child', { parent: middle });
    const grandchild = openScope('grandchild', { parent: child });

    middle.close();
    outer.cancel();
    const seen = [grandchild.parent === child, grandchild.isCancelled];
    for (const scope of [grandchild, child, outer]) scope.close();

    expect(seen).toEqual([true, true]);
  });

  test('is on its own when there was no scope around', async () => {
    const recorded = record();
    const top = openScope('top');
    const child = openScope('child', { parent: top });

    top.close();
    const seen = [child.parent, child.isCancelled, child.state];
    child.close();

    expect(seen).toEqual([undefined, false, 'open']);
    expect(recorded.of('scopeOrphaned')).toMatchObject([{ newParentId: undefined }]);
  });

  test('stays cancelled when its scope was', async () => {
    const outer = openScope('outer');
    const middle = openScope('middle', { parent: outer });
    const child = openScope('child', { parent: middle });

    middle.cancel('superseded');
    middle.close();
    const seen = [child.isCancelled, child.cause?.root.reason, child.parent === outer, outer.isCancelled];
    child.close();
    outer.close();

    expect(seen).toEqual([true, 'superseded', true, false]);
  });

  test('is no orphan when it ended before', async () => {
    const recorded = record();

    await cancelScope('outer', () => cancelScope('inner', () => 1));

    expect(recorded.of('scopeOrphaned')).toEqual([]);
  });

  test('is handed on when the body of its scope failed', async () => {
    const recorded = record();
    let child!: ReturnType<typeof openScope>;

    await caught(
      cancelScope('outer', () => {
        child = openScope('child');
        throw new Error('broken');
      }),
    );
    const listed = registry.snapshot().map(({ name }) => name);
    child.close();

    expect(listed).toEqual(['child']);
    expect(recorded.of('scopeOrphaned')).toHaveLength(1);
  });
});

describe('S7, D1: the deadline of an orphan', () => {
  test('is that of the scope it hangs on now', async () => {
    const clock = virtualClock();
    const outer = openScope('outer', { clock, timeoutMs: 100 });
    const middle = openScope('middle', { parent: outer, timeoutMs: 50 });
    const child = openScope('child', { parent: middle });
    const grandchild = openScope('grandchild', { parent: child });

    middle.close();
    const deadlines = [child.deadline, grandchild.deadline];
    for (const scope of [grandchild, child, outer]) scope.close();

    expect(deadlines).toEqual([100, 100]);
  });

  test('is still noticed by a loop that never yields', async () => {
    const clock = busyClock();
    const outer = openScope('outer', { clock, timeoutMs: 100 });
    const middle = openScope('middle', { parent: outer, timeoutMs: 50 });
    const child = openScope('child', { parent: middle });
    middle.close();

    clock.block(150);
    const error = await caughtCancel(Promise.resolve().then(() => child.throwIfCancelled()));
    child.close();
    outer.close();

    expect(error.cause.root).toMatchObject({ reason: 'timeout', token: { name: 'outer' } });
  });

  test('is its own again, where the scope that ended had an earlier one', async () => {
    const clock = virtualClock();
    const outer = openScope('outer', { clock, timeoutMs: 100 });
    const middle = openScope('middle', { parent: outer, timeoutMs: 50 });
    const child = openScope('child', { parent: middle, timeoutMs: 80 });
    middle.close();

    const { deadline } = child;
    await clock.advance(80);
    const cause = child.cause;
    child.close();
    outer.close();

    expect(deadline).toBe(80);
    expect(cause).toMatchObject({ reason: 'timeout', token: { name: 'child' } });
  });
});
