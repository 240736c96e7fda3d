import { describe, expect, test } from 'vitest';
import { CancellationToken, type Registration } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { loopTurn, processErrors } from '../support/process-errors.ts';
import { monitorInTest, record } from '../support/record.ts';

guardLeaks();

describe('T4: listeners are isolated', () => {
  test.each([
    ['throws', thrower],
    ['rejects', (reason: unknown) => Promise.reject(reason)],
    ['gives back a thenable that throws', (reason: unknown) => thenable({ value: () => thrower(reason) })],
    [
      'gives back a thenable that rejects',
      (reason: unknown) => thenable({ value: (_: unknown, fail: (error: unknown) => void) => fail(reason) }),
    ],
    ['gives back a `then` that cannot be read', (reason: unknown) => thenable({ get: () => thrower(reason) })],
  ])('one that %s is reported, and stops neither the canceller nor the others', async (_how, fail) => {
    const atProcess = processErrors();
    const recorded = record();
    const error = new Error('listener failed');
    const token = new CancellationToken({ name: 'fragile' });
    let heard = 0;
    token.onCancel(() => fail(error));
    token.onCancel(() => heard++);
    token.child().onCancel(() => heard++);

    const won = token.cancel();
    await loopTurn();

    expect([won, heard]).toEqual([true, 2]);
    expect(recorded.of('listenerFailed')).toEqual([
      { token: { id: token.id, name: 'fragile' }, scopeName: undefined, error },
    ]);
    expect(atProcess).toEqual([]);
  });

  test('one that fails with nobody watching reaches nobody', async () => {
    const atProcess = processErrors();
    const token = new CancellationToken();
    token.onCancel(() => Promise.reject(new Error('nobody hears this')));
    token.onCancel(() => {
      throw new Error('nor this');
    });

    token.cancel();
    await loopTurn();

    expect(atProcess).toEqual([]);
  });

  test('one that is registered late and throws does not reach whoever registers it', () => {
    const token = new CancellationToken();
    token.cancel();
    const recorded = record();
    const error = new Error('late');

    const register = (): Registration =>
      token.onCancel(() => {
        throw error;
      });

    expect(register).not.toThrow();
    expect(recorded.of('listenerFailed')).toMatchObject([{ error }]);
  });

  test('a monitor that throws at the report changes nothing', async () => {
    const atProcess = processErrors();
    monitorInTest({
      listenerFailed() {
        throw new Error('monitor failed too');
      },
    });
    const token = new CancellationToken();
    let heard = 0;
    token.onCancel(() => Promise.reject(new Error('first')));
    token.onCancel(() => {
      throw new Error('second');
    });
    token.onCancel(() => heard++);

    const won = token.cancel();
    await loopTurn();

    expect([won, heard]).toEqual([true, 1]);
    expect(atProcess).toEqual([]);
  });
});

function thrower(reason: unknown): never {
  throw reason;
}

function thenable(then: PropertyDescriptor): object {
  // oxlint-disable-next-line unicorn/no-thenable -- a thenable is under test
  return Object.defineProperty({}, 'then', then);
}
