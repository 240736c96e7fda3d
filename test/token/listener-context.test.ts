import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn } from '../support/process-errors.ts';

guardLeaks();

describe('T6: the async context of a listener', () => {
  const store = new AsyncLocalStorage<string>();

  test('is that of whoever registered it, not the canceller', () => {
    const token = new CancellationToken();
    let seen: string | undefined;
    store.run('registrant', () => token.onCancel(() => (seen = store.getStore())));

    store.run('canceller', () => token.cancel());

    expect(seen).toBe('registrant');
  });

  test('is that of the canceller with bind: false', () => {
    const token = new CancellationToken();
    let seen: string | undefined;
    store.run('registrant', () => token.onCancel(() => (seen = store.getStore()), { bind: false }));

    store.run('canceller', () => token.cancel());

    expect(seen).toBe('canceller');
  });

  test('goes on through what the listener awaits', async () => {
    const token = new CancellationToken();
    const seen = new Promise((resolve) => {
      store.run('registrant', () =>
        token.onCancel(async () => {
          await loopTurn();
          resolve(store.getStore());
        }),
      );
    });

    store.run('canceller', () => token.cancel());

    await expect(seen).resolves.toBe('registrant');
  });

  test('leaves the context of the canceller as it was', () => {
    const token = new CancellationToken();
    store.run('registrant', () => token.onCancel(() => store.getStore()));

    const after = store.run('canceller', () => {
      token.cancel();
      return store.getStore();
    });

    expect(after).toBe('canceller');
  });

  test('is that of the registrant also for a listener that comes late', () => {
    const token = new CancellationToken();
    token.cancel();
    let seen: string | undefined;

    store.run('registrant', () => token.onCancel(() => (seen = store.getStore())));

    expect(seen).toBe('registrant');
  });
});
