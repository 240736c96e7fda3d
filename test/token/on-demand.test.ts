import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CancellationToken, CancelledError, isCancelled } from '../../src/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('T9: whenCancelled', () => {
  test('resolves with the cause', async () => {
    const token = new CancellationToken();
    const cancelled = token.whenCancelled();

    token.cancel('shutdown');

    await expect(cancelled).resolves.toBe(token.cause);
  });

  test('resolves also when asked for after the cancel', async () => {
    const token = new CancellationToken();
    token.cancel();

    await expect(token.whenCancelled()).resolves.toBe(token.cause);
  });

  test('is one promise, however often it is asked for', () => {
    const token = new CancellationToken();

    const promises = new Set([token.whenCancelled(), token.whenCancelled(), token.readonly().whenCancelled()]);

    expect(promises.size).toBe(1);
    token.dispose();
  });
});

describe('T10: signal', () => {
  test('is a real AbortSignal, the same each time', () => {
    const token = new CancellationToken();

    const { signal } = token;

    expect(signal).toBeInstanceOf(AbortSignal);
    expect(token.signal).toBe(signal);
    token.dispose();
  });

  test('aborts within cancel, with the CancelledError as its reason', () => {
    const token = new CancellationToken();
    const { signal } = token;
    const before = signal.aborted;

    token.cancel('timeout');

    expect([before, signal.aborted]).toEqual([false, true]);
    expect(signal.reason).toBeInstanceOf(CancelledError);
    expect(signal.reason).toMatchObject({ reason: 'timeout', cause: token.cause });
  });

  test('has aborted when it is asked for after the cancel', () => {
    const token = new CancellationToken();
    token.cancel('timeout');

    const { signal } = token;

    expect([signal.aborted, isCancelled(signal.reason, 'timeout')]).toEqual([true, true]);
  });

  test('aborts for a child when its parent is cancelled', () => {
    const parent = new CancellationToken();
    const { signal } = parent.child();

    parent.cancel('shutdown');

    expect(isCancelled(signal.reason, 'shutdown')).toBe(true);
  });

  test('ends a platform timer', async () => {
    const token = new CancellationToken();
    const waiting = caught(delay(1e6, undefined, { signal: token.signal }));

    token.cancel('superseded');

    expect(isCancelled(await waiting, 'superseded')).toBe(true);
  });

  test('ends a wait for an event', async () => {
    const token = new CancellationToken();
    const waiting = caught(once(new EventEmitter(), 'never', { signal: token.signal }));

    token.cancel('superseded');

    expect(isCancelled(await waiting, 'superseded')).toBe(true);
  });

  test('ends a fetch, whose connection the server sees close', async () => {
    const token = new CancellationToken();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const requested = once(server, 'request');
    const waiting = caught(
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { signal: token.signal }),
    );
    const [, response] = await requested;
    const closed = once(response, 'close');

    token.cancel('superseded');

    expect(isCancelled(await waiting, 'superseded')).toBe(true);
    await closed;
    server.close();
  });

  test('ends a wait that starts after the cancel', async () => {
    const token = new CancellationToken();
    token.cancel('superseded');

    const error = await caught(delay(1e6, undefined, { signal: token.signal }));

    expect(isCancelled(error, 'superseded')).toBe(true);
  });
});
