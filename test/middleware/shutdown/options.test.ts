import { describe, expect, test } from 'vitest';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { caught } from '../../support/caught.ts';
import { type Options, shutdownByHand, shutdownInTest } from '../../support/shutdown.ts';

guardLeaks();

describe('shutdownScope', () => {
  test.each([
    ['options', null],
    ['options', 5],
    ['signals', { signals: 'SIGTERM' }],
    ['signals', { signals: ['SIGNONE'] }],
    ['signals', { signals: [5] }],
    ['servers', { servers: {} }],
    ['servers', { servers: [{ close: () => {} }] }],
    ['announceMs', { announceMs: Number.NaN }],
    ['drainMs', { drainMs: '1' }],
    ['graceMs', { graceMs: Number.NaN }],
    ['forceMs', { forceMs: {} }],
    ['scopes', { scopes: 'some' }],
    ['retryAfterSeconds', { retryAfterSeconds: 0.5 }],
    ['retryAfterSeconds', { retryAfterSeconds: -1 }],
    ['onAnnounce', { onAnnounce: 5 }],
    ['onStopIntake', { onStopIntake: {} }],
    ['onForce', { onForce: 'x' }],
    ['exit', { exit: 1 }],
    ['name', { name: '' }],
    ['clock', { clock: {} }],
  ])('names %s when it is given %o', async (argument, options) => {
    const error = await caught((async () => shutdownInTest(options as Options))());

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument });
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });

  test('takes undefined for not given', async () => {
    const { shutdown } = shutdownByHand({
      signals: undefined,
      servers: undefined,
      announceMs: undefined,
      drainMs: undefined,
    } as unknown as Options);

    expect(shutdown.retryAfterSeconds).toBe(1);
    expect(await shutdown.begin()).toMatchObject({ forced: false });
  });

  test('refuses to add what is no server', () => {
    const { shutdown } = shutdownByHand();

    expect(() => shutdown.add({} as never)).toThrow(/server must be/);
    shutdown[Symbol.dispose]();
  });

  test('opens a scope of its own, with no scope around it', async () => {
    const { shutdown } = shutdownByHand({ name: 'goodbye', retryAfterSeconds: 7 });

    expect([shutdown.scope.name, shutdown.scope.parent, shutdown.retryAfterSeconds]).toEqual(['goodbye', undefined, 7]);
    expect(shutdown.token.id).toBe(shutdown.scope.id);
    expect('cancel' in shutdown.token).toBe(false);
    await shutdown.begin();
    expect(shutdown.scope.outcome).toBe('completed');
  });
});
