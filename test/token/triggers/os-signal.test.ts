import { describe, expect, test } from 'vitest';
import { openScope, type Scope, triggers } from '../../../src/index.ts';
import { caught } from '../../support/caught.ts';
import { cancelScope } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';

guardLeaks();

/** A scope that a signal cancels. */
function listening(...signals: NodeJS.Signals[]): Scope {
  return openScope('work', { triggers: [triggers.osSignal(...signals)] });
}

describe('R3: OS signals', () => {
  test('cancel with signal, and say which', async () => {
    const scope = listening('SIGUSR2');

    process.kill(process.pid, 'SIGUSR2');
    const cause = await scope.token.whenCancelled();

    expect(cause).toMatchObject({ reason: 'signal', message: 'received SIGUSR2', via: ['osSignal', 'SIGUSR2'] });
    scope.close();
  });

  test('have one process listener however many scopes listen, removed with the last one', () => {
    const before = process.listenerCount('SIGUSR2');
    const scopes = [listening('SIGUSR2'), listening('SIGUSR2'), listening('SIGUSR2')];
    const during = process.listenerCount('SIGUSR2') - before;

    const after = scopes.map((scope) => {
      scope.close();
      return process.listenerCount('SIGUSR2') - before;
    });

    expect(during).toBe(1);
    expect(after).toEqual([1, 1, 0]);
  });

  test('reach every scope that listens', async () => {
    const scopes = [listening('SIGUSR2'), listening('SIGUSR2', 'SIGHUP')];

    process.kill(process.pid, 'SIGUSR2');
    await Promise.all(scopes.map((scope) => scope.token.whenCancelled()));

    expect(scopes.map(({ cause }) => cause?.reason)).toEqual(['signal', 'signal']);
    for (const scope of scopes) scope.close();
  });

  test('reach the others when one listener ends a scope that listens too', async () => {
    const [first, second, third] = [listening('SIGUSR2'), listening('SIGUSR2'), listening('SIGUSR2')];
    first.onCancel(() => second.close());

    process.kill(process.pid, 'SIGUSR2');
    await third.token.whenCancelled();

    expect([first.isCancelled, second.outcome, third.isCancelled]).toEqual([true, 'completed', true]);
    first.close();
    third.close();
  });

  test('are SIGINT and SIGTERM unless told, each once', () => {
    const count = (): number[] => (['SIGINT', 'SIGTERM'] as const).map((name) => process.listenerCount(name));
    const before = count();

    const scopes = [listening(), listening('SIGINT', 'SIGINT')];
    const during = count();
    for (const scope of scopes) scope.close();

    expect(during).toEqual(before.map((listeners) => listeners + 1));
    expect(count()).toEqual(before);
  });

  test('have to be signals of this platform', () => {
    expect(() => triggers.osSignal('SIGNOTHING' as never)).toThrow(expect.objectContaining({ argument: 'signals' }));
  });

  test('that cannot be caught fail the opening, and leave none of the others listened to (S12)', async () => {
    const before = process.listenerCount('SIGUSR2');

    const error = await caught(cancelScope('work', { triggers: [triggers.osSignal('SIGUSR2', 'SIGKILL')] }, () => 1));

    expect(error).toBeInstanceOf(Error);
    expect(process.listenerCount('SIGUSR2')).toBe(before);
  });
});
