import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, openScope } from '../../src/index.ts';
import { expectNoLeaks, virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';

describe('expectNoLeaks', () => {
  test('does nothing when all is as before', async () => {
    const noLeaks = expectNoLeaks();

    await cancelScope('work', async (scope) => {
      scope.onCancel(() => {});
      await scope.race(Promise.resolve());
    });

    expect(noLeaks).not.toThrow();
  });

  test('names an open scope', () => {
    const noLeaks = expectNoLeaks();
    const scope = openScope('work');

    expect(noLeaks).toThrow(/Left behind: openScopes: \d+ before, \d+ now/);
    scope.close();
    expect(noLeaks).not.toThrow();
  });

  test('names a listener', () => {
    const noLeaks = expectNoLeaks();
    const listener = new CancellationToken().onCancel(() => {});

    expect(noLeaks).toThrow('listeners: 0 before, 1 now');
    listener.dispose();
    expect(noLeaks).not.toThrow();
  });

  test('names a token held by its parent', () => {
    const noLeaks = expectNoLeaks();
    const child = new CancellationToken().child();

    expect(noLeaks).toThrow('tokens: 0 before, 1 now');
    child.dispose();
    expect(noLeaks).not.toThrow();
  });

  test('names a zombie, until it ends', async () => {
    const noLeaks = expectNoLeaks();
    const clock = virtualClock();
    const end = deferred();
    const run = caught(cancelScope('stuck', { clock, timeoutMs: 1, graceMs: 1 }, () => end.promise));
    await clock.advance(2);
    await run;

    expect(noLeaks).toThrow('zombies: 0 before, 1 now');
    end.resolve();
    await clock.advance(0);
    expect(noLeaks).not.toThrow();
  });

  test('names everything that is left, and takes what was there before for granted', () => {
    const before = openScope('before');
    const noLeaks = expectNoLeaks();
    const child = openScope('child', { parent: before });
    const listener = child.onCancel(() => {});

    expect(noLeaks).toThrow('listeners: 0 before, 1 now; tokens: 0 before, 1 now; openScopes: 1 before, 2 now');
    listener.dispose();
    child.close();
    expect(noLeaks).not.toThrow();
    before.close();
    expect(noLeaks).not.toThrow();
  });
});
