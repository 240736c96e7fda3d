import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope, type Scope } from '../../../src/index.ts';
import type { Shutdown } from '../../../src/middleware/shutdown/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { openerForTests } from '../../support/open-in-test.ts';
import { record } from '../../support/record.ts';
import { shutdownByHand, turns } from '../../support/shutdown.ts';

guardLeaks();
const open = openerForTests();

/** How work may belong to a shutdown. */
const WAYS: Record<string, (shutdown: Shutdown) => Scope> = {
  'opened in its scope': (shutdown) => open({ parent: shutdown.scope }),
  'linked to its token': (shutdown) => open({ token: shutdown.token }),
  'linked to its signal': (shutdown) => open({ signal: shutdown.token.signal }),
  'linked to a token that follows its token': (shutdown) =>
    open({ token: CancellationToken.any([shutdown.token, new CancellationToken()]) }),
  'opened in a scope that is linked to it': (shutdown) => open({ parent: open({ token: shutdown.token }) }),
};

describe('SD8: a scope', () => {
  test.each(Object.entries(WAYS))('%s is waited for, then cancelled', async (_way, opened) => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand({ drainMs: 100, graceMs: 100, forceMs: 0 });
    const scope = opened(shutdown);
    void shutdown.begin();
    await turns();
    expect([shutdown.state, scope.isCancelled]).toEqual(['drain', false]);

    await clock.advance(100);
    await turns();

    expect([shutdown.state, scope.cause?.root.reason]).toEqual(['cancel', 'shutdown']);
    for (let at: Scope | undefined = scope; at !== undefined && at !== shutdown.scope; at = at.parent) at.close();
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    expect(recorded.of('shutdownPhaseEnded').at(-1)).toMatchObject({ phase: 'cancel', scopesLeft: 0 });
  });

  test.each([
    ['opened in its scope', (shutdown: Shutdown) => openScope('work', { parent: shutdown.scope })],
    ['linked to its token', (shutdown: Shutdown) => openScope('work', { token: shutdown.token })],
  ])('%s and cancelled before, for a reason of its own, is waited for until it has ended', async (_way, opened) => {
    const { shutdown } = shutdownByHand({ drainMs: Infinity });
    const scope = opened(shutdown);
    scope.cancel('disconnect');
    void shutdown.begin();
    await turns();
    expect(shutdown.state).toBe('drain');

    scope.close();

    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  });

  test('that has nothing to do with it is neither waited for nor cancelled', async () => {
    const { shutdown } = shutdownByHand();
    const scope = open({ detached: true });

    const result = await shutdown.begin();

    expect([result.left, scope.isCancelled]).toEqual([0, false]);
  });

  test('that has nothing to do with it is both if it covers all', async () => {
    const recorded = record();
    const { shutdown, clock } = shutdownByHand({ scopes: 'all', drainMs: 100 });
    const scope = open({ detached: true });
    const inner = open({ parent: scope });
    void shutdown.begin('bye');
    await turns();
    await clock.advance(100);
    await turns();

    expect(scope.cause).toMatchObject({ reason: 'shutdown', message: 'bye' });
    expect(inner.cause?.root.reason).toBe('shutdown');
    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['accepted', 'accepted']);
    inner.close();
    scope.close();
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
  });

  test('opened in it after the cancel never runs', async () => {
    const { shutdown, clock } = shutdownByHand({ drainMs: 10 });
    const scope = open({ parent: shutdown.scope });
    void shutdown.begin();
    await turns();
    await clock.advance(10);
    await turns();

    const late = open({ parent: shutdown.scope });

    expect([late.isCancelled, late.cause?.root.reason]).toEqual([true, 'shutdown']);
    late.close();
    scope.close();
    await shutdown.ended;
  });
});
