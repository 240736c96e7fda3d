import { describe, expect, test } from 'vitest';
import {
  CancellationToken,
  cancelScope,
  currentScope,
  InvalidStateError,
  openScope,
  registry,
} from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

describe('S10: openScope', () => {
  test('is completed at the end of its block', async () => {
    const recorded = record();
    {
      await using scope = openScope('import');
      expect(registry.get(scope.id)).toMatchObject({ name: 'import', state: 'open' });
    }

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });

  test('is cancelled at the end of its block when it was', async () => {
    const recorded = record();

    const error = await caughtCancel(
      (async () => {
        await using scope = openScope('import');
        scope.cancel('superseded');
        scope.throwIfCancelled();
      })(),
    );

    expect(error.reason).toBe('superseded');
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'cancelled', cause: { reason: 'superseded' } }]);
  });

  test('is failed after fail, with that error', () => {
    const recorded = record();
    const broken = new Error('broken');
    const scope = openScope('import');

    scope.fail(broken);
    const outcome = scope.close();

    expect(outcome).toBe('failed');
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed', error: broken }]);
  });

  test('is failed after fail when it was cancelled too; the pending cause is kept', () => {
    const recorded = record();
    const scope = openScope('import');
    scope.cancel('shutdown');

    scope.fail(new Error('rollback failed'));
    scope.close();

    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'failed', cause: { reason: 'shutdown' } }]);
  });

  test('is cancelled, not failed, when what fail is given is its own cancel', async () => {
    const scope = openScope('import');
    scope.cancel();

    scope.fail(await caughtCancel(scope.race(Promise.resolve())));

    expect(scope.close()).toBe('cancelled');
  });

  test('is failed when what fail is given is the cancel of another token', async () => {
    const other = new CancellationToken();
    other.cancel();
    const scope = openScope('import');

    try {
      other.throwIfCancelled();
    } catch (error) {
      scope.fail(error);
    }

    expect(scope.close()).toBe('failed');
  });

  test('keeps the first of two failures', () => {
    const recorded = record();
    const scope = openScope('import');
    const [first, second] = [new Error('first'), new Error('second')];

    scope.fail(first);
    scope.fail(second);
    scope.close();

    expect(recorded.of('scopeSettled')).toMatchObject([{ error: first }]);
  });

  test.each([undefined, null, 0, ''])('fail(%j) counts as a failure', (error) => {
    const scope = openScope('import');

    scope.fail(error);

    expect(scope.close()).toBe('failed');
  });

  test('closes once: later calls give the same outcome and change nothing', async () => {
    const recorded = record();
    const scope = openScope('import');

    const outcomes = [scope.close(), scope.close()];
    scope.fail(new Error('late'));
    scope.cancel();
    outcomes.push(scope.close());
    await scope[Symbol.asyncDispose]();

    expect(outcomes).toEqual(['completed', 'completed', 'completed']);
    expect(recorded.of('scopeSettled')).toHaveLength(1);
  });

  test('has a disposer that never throws, whatever its parts do', async () => {
    const recorded = record();
    const broken = new Error('stop failed');
    const scope = openScope('import', {
      triggers: [
        () => ({
          [Symbol.dispose]() {
            throw broken;
          },
        }),
      ],
    });
    scope.onCancel(() => {
      throw new Error('listener');
    });
    scope.cancel();

    await scope[Symbol.asyncDispose]();

    expect(scope.outcome).toBe('cancelled');
    expect(recorded.of('listenerFailed').map(({ error }) => error)).toContain(broken);
  });

  test('has a deadline that cancels it while it is open, and no longer', async () => {
    const clock = virtualClock();
    const [ends, closes] = [100, 100].map((timeoutMs) => openScope('import', { clock, timeoutMs }));

    closes?.close();
    await clock.advance(100);
    ends?.close();

    expect([ends?.outcome, closes?.outcome]).toEqual(['cancelled', 'completed']);
    expect(closes?.isCancelled).toBe(false);
  });
});

describe('S10: an opened scope is not ambient', () => {
  test('not after opening, not before closing', () => {
    const scope = openScope('import');
    const seen = currentScope();
    scope.close();

    expect([seen, currentScope()]).toEqual([undefined, undefined]);
  });

  test('but under the ambient one', async () => {
    await cancelScope('outer', (outer) => {
      const scope = openScope('import');
      const { parent } = scope;
      scope.close();

      expect(parent).toBe(outer);
    });
  });

  test('run makes it so for a function, across its awaits, and gives back what that gives', async () => {
    const scope = openScope('import');

    const seen = await scope.run(async (own) => {
      await Promise.resolve();
      return [own === scope, currentScope() === scope];
    });
    const after = currentScope();
    scope.close();

    expect(seen).toEqual([true, true]);
    expect(after).toBeUndefined();
  });

  test('run passes on what the function throws, and the scope stays open', () => {
    const scope = openScope('import');
    const broken = new Error('broken');

    expect(() =>
      scope.run(() => {
        throw broken;
      }),
    ).toThrow(broken);
    const { state } = scope;
    scope.close();

    expect(state).toBe('open');
  });

  test('run on one that has ended is an error that says so', () => {
    const scope = openScope('import');
    scope.close();
    let ran = false;

    expect(() => scope.run(() => (ran = true))).toThrow(InvalidStateError);
    expect(ran).toBe(false);
  });
});
