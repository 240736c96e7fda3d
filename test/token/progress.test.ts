import { describe, expect, test } from 'vitest';
import { cancelScope, openScope } from '../../src/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('S11: report', () => {
  test('within one loop turn sends the latest only', async () => {
    const recorded = record();
    await cancelScope('work', async (scope) => {
      for (let item = 1; item <= 1_000; item++) scope.report({ item });
      await Promise.resolve();
      scope.report({ item: 1_001 });

      await turn();

      expect(recorded.of('progressReported')).toEqual([{ progress: { item: 1_001 } }]);
    });
  });

  test('sends one each turn', async () => {
    const recorded = record();

    await cancelScope('work', async (scope) => {
      for (const percent of [10, 50, 90]) {
        scope.report(percent);
        await turn();
      }
    });

    expect(recorded.of('progressReported').map(({ progress }) => progress)).toEqual([10, 50, 90]);
  });

  test('sends what is due before the end of the scope', async () => {
    const recorded = record();

    await cancelScope('work', (scope) => scope.report('all'));
    await turn();

    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'progressReported', 'scopeSettled']);
  });

  test('sends nothing after the end', async () => {
    const recorded = record();
    const scope = openScope('work');
    scope.close();

    scope.report('late');
    await turn();

    expect(recorded.of('progressReported')).toEqual([]);
  });

  test('keeps scopes apart', async () => {
    const recorded = record();

    await Promise.all(['a', 'b'].map((name) => cancelScope(name, (scope) => scope.report(name))));

    expect(recorded.of('progressReported').map(({ progress }) => progress)).toEqual(['a', 'b']);
  });

  test.each([undefined, null, 0, ''])('takes %j for progress', async (progress) => {
    const recorded = record();

    await cancelScope('work', (scope) => scope.report(progress));

    expect(recorded.of('progressReported')).toEqual([{ progress }]);
  });
});

describe('S11: partial', () => {
  test('keeps the last partial result of a scope that was cancelled', async () => {
    const scope = openScope('work');
    const error = caughtCancel(
      scope.run(async () => {
        scope.partial = ['a'];
        scope.partial = ['a', 'b'];
        scope.cancel();
        await scope.race(Promise.resolve());
      }),
    );

    await error;
    scope.close();

    expect(scope.partial).toEqual(['a', 'b']);
  });
});
