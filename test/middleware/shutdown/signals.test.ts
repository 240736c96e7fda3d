import { describe, expect, test, vi } from 'vitest';
import { openScope } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { shutdownInTest, turns } from '../../support/shutdown.ts';

guardLeaks();

describe('signal handlers', () => {
  test('SD9: are not installed unless asked for', () => {
    const before = process.eventNames().map((name) => [name, process.listenerCount(name)]);

    const shutdown = shutdownInTest();

    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(before);
    shutdown[Symbol.dispose]();
  });

  test('SD9: are gone when it is over, and when it is disposed', async () => {
    const over = shutdownInTest({ signals: ['SIGUSR2'], announceMs: 0 });
    const disposed = shutdownInTest({ signals: ['SIGUSR2', 'SIGHUP'] });
    expect([process.listenerCount('SIGUSR2'), process.listenerCount('SIGHUP')]).toEqual([1, 1]);

    disposed[Symbol.dispose]();
    expect([process.listenerCount('SIGUSR2'), process.listenerCount('SIGHUP')]).toEqual([1, 0]);
    process.kill(process.pid, 'SIGUSR2');

    expect(await over.ended).toMatchObject({ message: 'received SIGUSR2' });
    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });

  test('SD3: begin it with the first, and force it with the second', async () => {
    const shutdown = shutdownInTest({ signals: ['SIGUSR2'], drainMs: Infinity });
    const scope = openScope('job', { token: shutdown.token });
    scope.onCancel(() => void scope.close());
    process.kill(process.pid, 'SIGUSR2');
    while (!shutdown.isShuttingDown) await turns();
    expect(scope.isCancelled).toBe(false);

    process.kill(process.pid, 'SIGUSR2');

    expect(await shutdown.ended).toMatchObject({ forced: true, left: 0 });
  });

  test('that cannot be installed leave nothing behind', () => {
    expect(() => shutdownInTest({ signals: ['SIGUSR2', 'SIGKILL'] })).toThrow(/SIGKILL|uv_signal_start/);

    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });
});

test('SD10: the process is not ended unless asked, and then with 1 if something was left running', async () => {
  const codeBefore = process.exitCode;
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
  try {
    await shutdownInTest({ announceMs: 0 }).begin();
    expect(exit).not.toHaveBeenCalled();

    await shutdownInTest({ announceMs: 0, exit: true }).begin();
    expect([exit.mock.calls, process.exitCode]).toEqual([[[]], codeBefore]);

    const shutdown = shutdownInTest({ drainMs: 0, graceMs: 0, forceMs: 0, exit: true });
    const scope = openScope('stuck', { token: shutdown.token });
    expect(await shutdown.begin()).toMatchObject({ forced: true, left: 1 });
    expect([exit.mock.calls.length, process.exitCode]).toEqual([2, 1]);
    scope.close();
  } finally {
    exit.mockRestore();
    process.exitCode = codeBefore;
  }
});
