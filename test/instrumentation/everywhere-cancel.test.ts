import { describe, expect, test } from 'vitest';
import { answer, everywhere } from '../../src/instrumentation/index.ts';
import { thisOrigin } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { monitorInTest, record } from '../support/record.ts';
import { neighbour, ODD_ANSWERS, question, THERE } from './everywhere-neighbours.ts';

guardLeaks();
guardUnhandled();
const openInTest = openerForTests();

describe('a cancel by id', () => {
  test('of a scope here asks nobody', async () => {
    const scope = openInTest();
    const other = neighbour('other', () => ({ result: 'not_found' }));

    const result = await everywhere.cancel(scope.id, 'shutdown', 'by hand');

    expect(result).toBe('cancelled');
    expect(scope.cause).toMatchObject({ reason: 'shutdown', message: 'by hand', origin: { threadName: 'main' } });
    expect(other.asked).toEqual([]);
  });

  test('of one elsewhere goes there with all that was said, and with who wants it', async () => {
    const other = neighbour('other', () => ({ result: 'cancelled' }));

    const result = await everywhere.cancel('t-1', 'superseded', 'newer work');

    expect(result).toBe('cancelled');
    expect(other.asked).toMatchObject([
      { about: 'cancel', id: 't-1', reason: 'superseded', message: 'newer work', origin: { ...thisOrigin } },
    ]);
  });

  test('that somebody else asks for names them as who cancelled, not those who passed it on', async () => {
    const scope = openInTest();

    const result = await answer(question({ about: 'cancel', id: scope.id, reason: 'manual', origin: THERE }));

    expect(result).toEqual({ result: 'cancelled' });
    expect(scope.cause?.origin).toEqual(THERE);
  });

  test.each([
    [['cancelled'], 'cancelled'],
    [['already'], 'already'],
    [['settled'], 'settled'],
    [['not_found', 'settled', 'not_found'], 'settled'],
    [['not_found', 'unreachable', 'cancelled'], 'cancelled'],
    [['not_found', 'not_found'], 'not_found'],
    [['not_found', 'unreachable'], 'unreachable'],
    [[], 'not_found'],
    [[undefined], 'unreachable'],
    [['not_found', 'nonsense'], 'unreachable'],
    [['not_found', { toString: 1 }], 'unreachable'],
  ])('that neighbours answer with %j is %s', async (results, expected) => {
    for (const [index, result] of results.entries()) neighbour(`n${index}`, () => ({ result }));

    expect(await everywhere.cancel('t-1')).toBe(expected);
  });

  test.each(ODD_ANSWERS)('is unreachable where a neighbour %s', async (_what, reply) => {
    neighbour('odd', reply);

    expect(await everywhere.cancel('t-1')).toBe('unreachable');
  });

  test('from elsewhere with a reason nobody knows is manual, and says so', async () => {
    const scope = openInTest();

    await answer(question({ about: 'cancel', id: scope.id, reason: 'boredom', message: undefined }));

    expect(scope.cause?.reason).toBe('manual');
  });

  test.each([null, 5, 'main', {}, { pid: 'x', threadId: {}, threadName: 7 }])(
    'from elsewhere that says it comes from %j still counts, and fails no monitor',
    async (origin) => {
      const { monitor } = setUpMetrics();
      monitorInTest(monitor);
      const recorded = record();
      const scope = openInTest();

      await answer(question({ about: 'cancel', id: scope.id, reason: 'manual', origin }));

      expect(scope.isCancelled).toBe(true);
      expect(scope.cause?.toJSON().origin).toEqual({
        pid: expect.any(Number),
        threadId: expect.any(Number),
        threadName: expect.any(String),
      });
      expect(recorded.of('cancelRequested')).toMatchObject([{ sourceThread: expect.any(String) }]);
      expect(recorded.of('monitorFailed')).toEqual([]);
    },
  );

  test('that came second is counted for who asked for it', async () => {
    const recorded = record();
    const scope = openInTest();
    scope.cancel();

    const found = await answer(question({ about: 'cancel', id: scope.id, reason: 'shutdown', origin: THERE }));

    expect(found).toEqual({ result: 'already' });
    expect(recorded.of('cancelRequested').at(-1)).toMatchObject({ result: 'redundant', sourceThread: 'encoder' });
  });
});
