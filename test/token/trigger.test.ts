import { describe, expect, test } from 'vitest';
import { cancelScope, type NamedTrigger, openScope, type TriggerCancel, triggers } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { handTrigger } from '../support/hand-trigger.ts';

guardLeaks();

describe('R1: a trigger', () => {
  test('may be an object with a name, which is in the cause', () => {
    const trigger = handTrigger('quota');
    const scope = openScope('work', { triggers: [trigger] });

    trigger.fire('condition', 'used up');

    expect(scope.cause).toMatchObject({ reason: 'condition', message: 'used up', via: ['quota'] });
    scope.close();
  });

  test('may be just a function', () => {
    let fire: TriggerCancel | undefined;
    const scope = openScope('work', {
      triggers: [
        function quota(cancel) {
          fire = cancel;
        },
      ],
    });

    fire?.();

    expect(scope.cause).toMatchObject({ reason: 'condition', via: ['quota'] });
    scope.close();
  });

  test('may be an object of a class, whose start uses it', () => {
    class Quota implements NamedTrigger {
      readonly name = 'quota';
      readonly #limit = 3;
      start(cancel: TriggerCancel): void {
        cancel('condition', `over ${this.#limit}`);
      }
    }
    const [alone, composed] = [new Quota(), triggers.anyOf(triggers.allOf(new Quota()))];

    const scopes = [alone, composed].map((trigger) => openScope('work', { triggers: [trigger] }));

    expect(scopes.map(({ cause }) => cause?.message)).toEqual(['over 3', 'over 3']);
    for (const scope of scopes) scope.close();
  });

  test('is given the clock of its scope', async () => {
    const clock = virtualClock();
    const scope = openScope('work', {
      clock,
      triggers: [
        (cancel, context) => {
          const timer = context.clock.setTimer(() => cancel('timeout'), 10);
          return { [Symbol.dispose]: () => timer.clear() };
        },
      ],
    });

    await clock.advance(10);

    expect(scope.cause?.reason).toBe('timeout');
    scope.close();
  });

  test('is disposed once when its scope ends, fired or not', () => {
    const [idle, fired] = [handTrigger('idle'), handTrigger('fired')];
    const scope = openScope('work', { triggers: [idle, fired] });
    fired.fire();
    const while_open = [idle.disposed, fired.disposed];

    scope.close();
    scope.close();

    expect(while_open).toEqual([0, 0]);
    expect([idle.disposed, fired.disposed]).toEqual([1, 1]);
  });

  test('that fires again, or after the end, changes nothing', () => {
    const trigger = handTrigger('eager');
    const scope = openScope('work', { triggers: [trigger] });
    trigger.fire('timeout');
    trigger.fire('shutdown');
    scope.close();

    trigger.fire('error');

    expect(scope.cause?.reason).toBe('timeout');
  });

  test('that fires while it starts counts as cancelled on entry', async () => {
    let ran = false;

    const error = await caughtCancel(
      cancelScope('work', { triggers: [(cancel) => cancel('condition')] }, () => (ran = true)),
    );

    expect([error.reason, ran]).toEqual(['condition', false]);
  });

  test('is not started when one before it has fired', () => {
    const late = handTrigger('late');
    const scope = openScope('work', { triggers: [(cancel) => cancel('condition'), late] });

    expect(late.started).toBe(0);
    scope.close();
  });

  test('whose disposer throws is reported, and the others are disposed all the same', () => {
    const recorded = record();
    const error = new Error('cannot stop');
    const other = handTrigger('other');
    const bad: NamedTrigger = {
      name: 'bad',
      start: () => ({
        [Symbol.dispose]() {
          throw error;
        },
      }),
    };
    const scope = openScope('work', { triggers: [bad, other] });

    const outcome = scope.close();

    expect([outcome, other.disposed]).toEqual(['completed', 1]);
    expect(recorded.of('listenerFailed')).toMatchObject([{ scopeName: 'work', error }]);
  });

  test.each([[null], [42], ['timeout'], [{}], [{ name: 'x' }], [{ start: () => undefined }]])(
    'cannot be %s',
    async (trigger) => {
      const error = await caught(cancelScope('work', { triggers: [trigger as never] }, () => 1));

      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'triggers' });
    },
  );
});

describe('S12: a trigger whose start throws', () => {
  const failing: NamedTrigger = {
    name: 'failing',
    start() {
      throw new Error('cannot start');
    },
  };

  test.each([
    ['alone', [failing]],
    ['in anyOf', [triggers.anyOf(failing)]],
    ['in allOf', [triggers.allOf(failing)]],
  ])('%s undoes what was opened, and the error is the caller’s', async (_where, list) => {
    const before = handTrigger('before');
    let ran = false;

    const error = await caught(cancelScope('work', { triggers: [before, ...list] }, () => (ran = true)));

    expect(error).toMatchObject({ message: 'cannot start' });
    expect([before.started, before.disposed, ran]).toEqual([1, 1, false]);
  });

  test.each([
    ['anyOf', triggers.anyOf],
    ['allOf', triggers.allOf],
  ] as const)('inside %s undoes its parts that had started', async (_name, compose) => {
    const [first, last] = [handTrigger('first'), handTrigger('last')];

    await caught(cancelScope('work', { triggers: [compose(first, failing, last)] }, () => 1));

    expect([first.started, first.disposed, last.started]).toEqual([1, 1, 0]);
  });
});

describe('R2: starting is per scope', () => {
  test('one trigger may serve many scopes at once', async () => {
    const clock = virtualClock();
    const timeout = triggers.anyOf(triggers.timeout(10));
    const first = openScope('first', { clock, triggers: [timeout] });
    await clock.advance(5);
    const second = openScope('second', { clock, triggers: [timeout] });

    await clock.advance(5);

    expect([first.isCancelled, second.isCancelled]).toEqual([true, false]);
    first.close();
    second.close();
    expect(clock.pendingTimers).toBe(0);
  });
});
